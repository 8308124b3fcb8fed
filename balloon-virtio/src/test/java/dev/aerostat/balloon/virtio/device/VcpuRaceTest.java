package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeatureBits;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import dev.aerostat.virtio.VirtioMistake;
import dev.aerostat.virtio.device.DeviceConfig;
import dev.aerostat.virtio.device.DeviceIdentity;
import dev.aerostat.virtio.device.DeviceRegisters;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.QueueRegisters;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** Several vCPUs at the registers at once, beside the event thread. */
class VcpuRaceTest {
  private static final int ROUNDS = Integer.getInteger("aerostat.rounds", 5_000);
  private static final int STEPS = Integer.getInteger("aerostat.steps", 20_000);
  private static final int PATIENCE_SECONDS = 60;
  private static final long ALL = BalloonSettings.defaults().featureBits();

  private final TestGuest guest = new TestGuest(BalloonSettings.defaults().withQueueSize(8));
  private final BalloonDevice device = guest.device;
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private Thread start(Runnable work) {
    return Thread.ofPlatform()
        .uncaughtExceptionHandler((_, thrown) -> failures.add(thrown))
        .start(work);
  }

  /** Runs two vCPUs through each round together, then {@code settle} on the test's thread. */
  private void race(IntConsumer one, IntConsumer other, Runnable settle) throws Exception {
    var barrier = new CyclicBarrier(2);
    Thread vcpu =
        start(
            () -> {
              for (int round = 0; round < ROUNDS; round++) {
                await(barrier);
                other.accept(round);
                await(barrier);
              }
            });
    for (int round = 0; round < ROUNDS; round++) {
      await(barrier);
      one.accept(round);
      await(barrier);
      settle.run();
    }
    vcpu.join();
    assertEquals(List.of(), List.copyOf(failures));
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception broken) {
      throw new AssertionError(broken);
    }
  }

  private void resetAtOnce() {
    CompletableFuture<Void> reset = device.registers().reset();
    if (!reset.isDone()) {
      guest.process();
      device.completeReset();
    }
    assertTrue(reset.isDone());
  }

  @Test
  void whatIsInForceIsWhatWasJudged() throws Exception {
    race(
        round -> {
          device.registers().writeDriverFeatures(ALL);
          device.registers().writeStatus(TestGuest.UP & ~DeviceStatus.DRIVER_OK);
        },
        round -> device.registers().writeDriverFeatures(0),
        () -> {
          boolean agreed = (device.registers().status() & DeviceStatus.FEATURES_OK) != 0;
          assertEquals(agreed ? ALL : 0, device.registers().negotiatedFeatures());
          resetAtOnce();
        });
  }

  @Test
  void thereIsNoDriverWithoutFeatures() throws Exception {
    race(
        round -> {
          device.registers().writeDriverFeatures(ALL);
          device.registers().writeStatus(TestGuest.UP & ~DeviceStatus.DRIVER_OK);
          device.registers().writeStatus(TestGuest.UP);
          device.registers().writeStatus(TestGuest.UP);
        },
        round -> resetAtOnce(),
        () -> {
          int status = device.registers().status();
          boolean up = (status & DeviceStatus.DRIVER_OK) != 0;
          assertTrue(!up || (status & DeviceStatus.FEATURES_OK) != 0, "status " + status);
          assertTrue(!up || device.registers().negotiatedFeatures() == ALL);
          resetAtOnce();
        });
  }

  /** The mistake is reported in the midst of the write: the reset comes then, or waits. */
  @Test
  void aResetDuringAWriteOfTheStatusIsHeldAfterIt() throws Exception {
    var reset = new AtomicReference<CompletableFuture<Void>>();
    var registers = new AtomicReference<DeviceRegisters>();
    var other = new AtomicReference<Thread>();
    registers.set(
        registers(
            mistake -> {
              assertEquals(VirtioMistake.OUT_OF_STEP, mistake);
              other.set(start(() -> reset.set(registers.get().reset())));
              awaitBlockedOrEnded(other.get());
            }));
    registers.get().writeStatus(DeviceStatus.ACKNOWLEDGE);
    registers.get().writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER_OK);
    other.get().join();
    assertTrue(registers.get().isResetHeld(), "the write has undone it");
    registers.get().completeReset().complete(null);
    assertTrue(reset.get().isDone());
    assertEquals(0, registers.get().status());
    assertEquals(List.of(), List.copyOf(failures));
  }

  private static void awaitBlockedOrEnded(Thread thread) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (thread.getState() != Thread.State.BLOCKED
        && thread.getState() != Thread.State.TERMINATED) {
      assertTrue(
          System.nanoTime() - end < 0,
          () -> thread.getState() + " at " + Arrays.toString(thread.getStackTrace()));
      Thread.onSpinWait();
    }
  }

  /** Registers of a device without queues and config space. */
  private DeviceRegisters registers(MistakeSink mistakes) {
    var config =
        new DeviceConfig() {
          @Override
          public int size() {
            return 0;
          }

          @Override
          public int generation() {
            return 0;
          }

          @Override
          public long read(int offset, int width) {
            return 0;
          }

          @Override
          public void write(int offset, int width, long value) {}
        };
    var owner =
        new DeviceRegisters.Owner() {
          @Override
          public void wake() {}

          @Override
          public void driverForgotten() {}

          @Override
          public QueuePosition position(int queue) {
            return new QueuePosition(0, false);
          }
        };
    return new DeviceRegisters(
        new DeviceIdentity(5, ALL, 0),
        config,
        new QueueRegisters(guest.memory.guestMemory(), 0, 1),
        mistakes,
        owner);
  }

  /** The memory of a ring is the front end's from the completion of its stop on. */
  @Test
  void aRingThatWasStoppedIsNotTouched() throws Exception {
    guest.negotiate(TestGuest.plain().featureBits());
    guest.enable(0, guest.queue(0, 8));
    guest.enable(1, guest.queue(1, 8));
    guest.driverOk();
    // Its indexes are whole at any moment, unlike those that a TestQueue writes a byte at a time.
    var driver =
        new ThreadedDriver(
            guest.memory.segment(0),
            guest.deflate().layout(),
            false,
            () -> device.registers().notifyQueue(1));
    guest.onInterrupt = _ -> driver.interrupt();
    guest.memory.writePfns(BUFFERS, 5);
    for (int head = 0; head < 8; head++) {
      driver.describe(head, BUFFERS, 4);
    }
    var events = new EventThread();
    Thread thread = start(events);
    int sent = 0;
    try {
      for (int round = 0; round < ROUNDS / 10; round++) {
        for (int i = 0; i < 3; i++) {
          driver.send(sent++ % 8);
        }
        QueuePosition at =
            device
                .registers()
                .disableQueue(1, QueueStop.PAUSE)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        byte[] before = ring();
        for (int i = 0; i < 100; i++) {
          device.registers().notifyQueue(1);
          Thread.onSpinWait();
        }
        assertTrue(Arrays.equals(before, ring()), "touched in round " + round);
        int ahead = (sent - at.nextAvailable()) & 0xffff;
        assertTrue(ahead <= 3, "stopped at " + at);
        assertEquals(QueueSetup.ACCEPTED, device.registers().enableQueue(1));
        for (int i = 0; i < 3; i++) {
          assertTrue(
              driver.takeReturned(100, PATIENCE_SECONDS, _ -> true),
              "never returned after it stopped at %s in round %d; status %d, %s"
                  .formatted(at, round, device.registers().status(), device.counters()));
        }
      }
    } finally {
      events.end();
      thread.join();
    }
    assertEquals(List.of(), List.copyOf(failures));
    assertEquals(sent, device.counters().deflateAcknowledged());
  }

  private byte[] ring() {
    long from = guest.deflate().layout().deviceArea();
    return guest.memory.segment(0).asSlice(from, 6 + 8 * 8).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Whatever the vCPUs do, in whatever order, nothing throws and every stop and reset ends. */
  @Test
  void anyOrderOfRegisterAccessesIsSurvived() throws Exception {
    MemorySegment rings = guest.memory.segment(0);
    var random = new Random(3);
    for (long at = 0; at < rings.byteSize(); at += 2) {
      rings.set(ValueLayout.JAVA_SHORT, at, (short) random.nextInt(64));
    }
    var events = new EventThread();
    Thread thread = start(events);
    var waits = new ArrayList<List<CompletableFuture<?>>>();
    var vcpus = new ArrayList<Thread>();
    for (int vcpu = 0; vcpu < 2; vcpu++) {
      var mine = new ArrayList<CompletableFuture<?>>();
      waits.add(mine);
      var dice = new Random(vcpu);
      vcpus.add(
          start(
              () -> {
                for (int step = 0; step < STEPS; step++) {
                  access(dice, mine);
                }
              }));
    }
    for (Thread vcpu : vcpus) {
      vcpu.join();
    }
    waits.forEach(mine -> mine.forEach(this::awaitDone));
    awaitDone(device.registers().reset());
    events.end();
    thread.join();
    assertEquals(List.of(), List.copyOf(failures));
    assertEquals(0, device.registers().status());
  }

  private void awaitDone(CompletableFuture<?> future) {
    try {
      future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException late) {
      throw new AssertionError(
          "neither stopped nor reset; status %d, failures %s"
              .formatted(device.registers().status(), failures),
          late);
    }
  }

  private void access(Random dice, List<CompletableFuture<?>> waits) {
    int index = dice.nextInt(4) - 1;
    switch (dice.nextInt(12)) {
      case 0 ->
          device.registers().writeDriverFeatures(dice.nextInt(4) == 0 ? dice.nextLong() : ALL);
      case 1, 2 -> device.registers().writeStatus(TestGuest.UP);
      case 3 -> device.registers().writeStatus(1 + dice.nextInt(255));
      case 4 -> {
        QueueLayout any = TestQueue.at(guest.memory, 4096L * dice.nextInt(64), 8).layout();
        device
            .registers()
            .configureQueue(
                index,
                new QueueLayout(
                    8, any.descriptorArea(), any.driverArea(), any.deviceArea(), dice.nextInt(3)));
      }
      case 5, 6 -> device.registers().enableQueue(index);
      case 7, 8 ->
          waits.add(
              device
                  .registers()
                  .disableQueue(
                      index, dice.nextBoolean() ? QueueStop.PAUSE : QueueStop.PERHAPS_RESET));
      case 9 -> device.registers().notifyQueue(index);
      case 10 ->
          device.registers().writeConfig(dice.nextInt(20), 1 << dice.nextInt(3), dice.nextInt());
      default -> {
        if (dice.nextInt(20) == 0) {
          waits.add(device.registers().reset());
        }
      }
    }
  }

  /** The engine's place: acknowledges now or later, completes resets and stops now or later. */
  private final class EventThread implements Runnable, IgnoredEvents {
    private final Deque<Integer> waiting = new ArrayDeque<>();
    private final Random random = new Random(1);
    private boolean reset;
    private boolean stop;
    private boolean stopLasts;
    private volatile boolean ended;

    void end() {
      ended = true;
    }

    @Override
    public void run() {
      while (!ended) {
        boolean _ = device.process(this, 1 + random.nextInt(32));
        if (reset && random.nextInt(4) == 0) {
          reset = false;
          stop = false;
          stopLasts = false;
          waiting.clear();
          device.completeReset();
        }
        if (stop && random.nextInt(4) == 0) {
          stop = false;
          device.completeStop();
        }
        if (!waiting.isEmpty() && random.nextInt(3) != 0) {
          device.acknowledge(waiting.pop());
        }
      }
    }

    @Override
    public void driverReady() {
      requireUp();
    }

    @Override
    public void inflated(long firstPage, long endPage, boolean descending) {
      requireUp();
    }

    @Override
    public void deflateEnd(int token, long pages) {
      requireUp();
      if (random.nextBoolean()) {
        device.acknowledge(token);
      } else {
        waiting.push(token);
      }
    }

    private void requireUp() {
      if ((device.registers().negotiatedFeatures() & BalloonFeatureBits.REQUIRED)
              != BalloonFeatureBits.REQUIRED
          || reset) {
        throw new AssertionError("told of a driver that is not up");
      }
    }

    @Override
    public void resetRequested() {
      reset = true;
    }

    @Override
    public void stopRequested() {
      requireUp();
      if (stopLasts) {
        throw new AssertionError("told twice of a stop");
      }
      stop = true;
      stopLasts = true;
    }

    @Override
    public void stopEnded() {
      if (!stopLasts) {
        throw new AssertionError("told of the end of no stop");
      }
      stop = false;
      stopLasts = false;
    }
  }
}
