package dev.aerostat.vmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SignalCalls;
import dev.aerostat.vmm.bus.Bus;
import dev.aerostat.vmm.bus.BusDevice;
import dev.aerostat.vmm.bus.BusWindow;
import dev.aerostat.vmm.bus.GuestEnd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A vCPU's thread on a KVM that leaves the guest for what the test says. */
@Timeout(60)
final class VcpuThreadTest {
  private static final long RUN = 0xae80L;
  private static final int EINTR = 4;
  private static final int PORT_DATA = 0x800;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment area = arena.allocate(0x1000, 8);
  private final FakeKvm kernel = new FakeKvm();

  /** What the next runs do; while there is none the guest runs until it is kicked. */
  private final BlockingQueue<IntSupplier> runs = new LinkedBlockingQueue<>();

  private final BlockingQueue<String> accesses = new LinkedBlockingQueue<>();
  private final CompletableFuture<GuestEnd> ended = new CompletableFuture<>();
  private final AtomicInteger pausesTold = new AtomicInteger();
  private final Signals signals = new Signals();
  private final Bus ports = new Bus();
  private final Bus memory = new Bus();
  private final Vcpu vcpu = new Vcpu(kernel, new Descriptor(kernel, FakeKvm.FILE), 0);
  private final VcpuThread thread =
      new VcpuThread(vcpu, ports, memory, signals, end -> ended.complete(end));

  VcpuThreadTest() throws KvmException {
    kernel.mapped = area;
    vcpu.setUp((int) area.byteSize(), new CpuidTable(List.of()));
    kernel.answers.put(RUN, _ -> run());
    kernel.answers.put(
        KvmConstants.KVMCLOCK_CTRL,
        _ -> {
          pausesTold.incrementAndGet();
          return 0;
        });
  }

  @AfterEach
  void stop() throws InterruptedException {
    thread.stop();
    assertTrue(thread.awaitStop());
    assertEquals(0, signals.pending(), "a signal that is left would end the process");
    vcpu.close();
    arena.close();
  }

  private int run() {
    IntSupplier run = runs.poll();
    return run == null ? signals.awaitKick(area) : run.getAsInt();
  }

  /** One signal, which waits until it is taken; a run ends for as long as it does. */
  private static final class Signals implements SignalCalls {
    private int waiting;

    @Override
    public int thread() {
      return 77;
    }

    @Override
    public long blocked() {
      return 0;
    }

    @Override
    public int block(int signal) {
      return 0;
    }

    @Override
    public synchronized int send(int thread, int signal) {
      assertEquals(77, thread);
      waiting = 1;
      notifyAll();
      return 0;
    }

    @Override
    public synchronized int take(int signal) {
      int taken = waiting;
      waiting = 0;
      return taken == 0 ? -11 : signal;
    }

    synchronized int pending() {
      return waiting;
    }

    synchronized int awaitKick(MemorySegment area) {
      while (waiting == 0 && area.get(JAVA_BYTE, 1) == 0) {
        try {
          wait();
        } catch (InterruptedException interrupted) {
          throw new AssertionError(interrupted);
        }
      }
      return -EINTR;
    }
  }

  private final class Recorder implements BusDevice {
    private final CompletableFuture<Void> effect;

    Recorder(CompletableFuture<Void> effect) {
      this.effect = effect;
    }

    @Override
    public long read(long offset, int width) {
      accesses.add("read %x:%d".formatted(offset, width));
      return 0x1122_3344_5566_7788L;
    }

    @Override
    public CompletableFuture<Void> write(long offset, int width, long value) {
      accesses.add("write %x:%d=%x".formatted(offset, width, value));
      return effect;
    }
  }

  private int io(boolean out, int width, int port, int count, long data) {
    area.set(JAVA_BYTE, 32, (byte) (out ? 1 : 0));
    area.set(JAVA_BYTE, 33, (byte) width);
    area.set(JAVA_SHORT, 34, (short) port);
    area.set(JAVA_INT, 36, count);
    area.set(JAVA_LONG, 40, PORT_DATA);
    area.set(JAVA_LONG, PORT_DATA, data);
    return leave(RunArea.EXIT_IO);
  }

  private int mmio(boolean write, long address, int width, long data) {
    area.set(JAVA_LONG, 32, address);
    area.set(JAVA_LONG, 40, data);
    area.set(JAVA_INT, 48, width);
    area.set(JAVA_BYTE, 52, (byte) (write ? 1 : 0));
    return leave(RunArea.EXIT_MMIO);
  }

  private int leave(int reason) {
    area.set(JAVA_INT, 8, reason);
    return 0;
  }

  private long dataAfterwards(int at) throws InterruptedException {
    var data = new LinkedBlockingQueue<Long>();
    runs.add(
        () -> {
          data.add(area.get(JAVA_LONG, at));
          return -EINTR;
        });
    thread.start();
    return data.take();
  }

  @Test
  void aReadOfAPortFindsWhatItsDeviceAnswers() throws InterruptedException {
    BusWindow _ = ports.add(0xcf8, 8, new Recorder(BusDevice.DONE));
    runs.add(() -> io(false, 2, 0xcfe, 1, -1L));
    assertEquals(0xffff_ffff_ffff_7788L, dataAfterwards(PORT_DATA), "no more than its width");
    assertEquals("read 6:2", accesses.take());
  }

  @Test
  void aStringInstructionWritesOneAfterTheOther() throws InterruptedException {
    BusWindow _ = ports.add(0x3f8, 8, new Recorder(BusDevice.DONE));
    runs.add(() -> io(true, 1, 0x3f8, 3, 0x636261));
    thread.start();
    assertEquals(
        List.of("write 0:1=61", "write 0:1=62", "write 0:1=63"),
        List.of(accesses.take(), accesses.take(), accesses.take()));
  }

  @Test
  void anAccessToMemoryReachesItsDevice() throws InterruptedException {
    BusWindow _ = memory.add(0xd000_0000L, 0x1000, new Recorder(BusDevice.DONE));
    runs.add(() -> mmio(true, 0xd000_0070L, 4, 0xffff_ffff_0000_000fL));
    runs.add(() -> mmio(false, 0xd000_0100L, 8, 0));
    assertEquals(0x1122_3344_5566_7788L, dataAfterwards(40));
    assertEquals(List.of("write 70:4=f", "read 100:8"), List.of(accesses.take(), accesses.take()));
  }

  @Test
  void theGuestGoesOnOnlyWhenItsWriteHasTakenEffect() throws InterruptedException {
    var effect = new CompletableFuture<Void>();
    BusWindow _ = memory.add(0, 0x1000, new Recorder(effect));
    var entered = new CompletableFuture<Boolean>();
    runs.add(() -> mmio(true, 0, 4, 0));
    runs.add(
        () -> {
          entered.complete(effect.isDone());
          return -EINTR;
        });
    thread.start();
    assertEquals("write 0:4=0", accesses.take());
    effect.complete(null);
    assertTrue(entered.join());
  }

  @Test
  void aWriteThatNeverTakesEffectDoesNotKeepTheThreadFromStopping() throws InterruptedException {
    BusWindow _ = memory.add(0, 0x1000, new Recorder(new CompletableFuture<>()));
    runs.add(() -> mmio(true, 0, 4, 0));
    thread.start();
    assertEquals("write 0:4=0", accesses.take());
    thread.stop();
    assertTrue(thread.awaitStop());
  }

  @Test
  void aGuestThatRunsWithoutEndIsStopped() throws InterruptedException {
    var entered = new CompletableFuture<Void>();
    runs.add(
        () -> {
          entered.complete(null);
          return signals.awaitKick(area);
        });
    thread.start();
    entered.join();
    thread.stop();
    assertTrue(thread.awaitStop());
    assertFalse(ended.isDone(), "nothing has gone wrong");
  }

  @Test
  void aThreadThatNeverStartedHasStopped() throws InterruptedException {
    thread.stop();
    assertTrue(thread.awaitStop());
  }

  @Test
  void aPausedGuestRunsAgainWhenThePauseIsOver() {
    var until = new CompletableFuture<Void>();
    var before = new CompletableFuture<Void>();
    var after = new CompletableFuture<Boolean>();
    runs.add(
        () -> {
          before.complete(null);
          int result = signals.awaitKick(area);
          runs.add(
              () -> {
                after.complete(until.isDone());
                return -EINTR;
              });
          return result;
        });
    thread.start();
    before.join();
    thread.pause(until);
    assertFalse(after.isDone());
    assertEquals(0, pausesTold.get());
    until.complete(null);
    assertTrue(after.join());
    assertEquals(1, pausesTold.get(), "the guest hears of it before it runs");
  }

  @Test
  void aPauseThatIsOverAtOnceIsNoneThatTheGuestStaysIn() throws InterruptedException {
    thread.pause(BusDevice.DONE);
    assertEquals(0, dataAfterwards(PORT_DATA));
  }

  @Test
  void aGuestWhoseWriteIsHeldThroughAPauseHearsOfIt() throws InterruptedException {
    var opening = new CompletableFuture<Void>();
    var told = new LinkedBlockingQueue<Integer>();
    BusWindow _ = memory.add(0, 0x1000, new Recorder(opening));
    runs.add(() -> mmio(true, 0, 4, 0));
    runs.add(
        () -> {
          told.add(pausesTold.get());
          return -EINTR;
        });
    thread.start();
    assertEquals("write 0:4=0", accesses.take());
    thread.pause(opening);
    opening.complete(null);
    assertEquals(1, told.take());
  }

  @Test
  void aLaterPauseThatComesWhenTheEarlierOneEndsIsNotLost() throws InterruptedException {
    var first = new CompletableFuture<Void>();
    var second = new CompletableFuture<Void>();
    kernel.answers.put(
        KvmConstants.KVMCLOCK_CTRL,
        _ -> {
          if (pausesTold.incrementAndGet() == 1) {
            thread.pause(second);
            second.completeOnTimeout(null, 50, TimeUnit.MILLISECONDS);
          }
          return 0;
        });
    thread.pause(first);
    var runsAgain = new LinkedBlockingQueue<Boolean>();
    runs.add(
        () -> {
          runsAgain.add(second.isDone());
          return -EINTR;
        });
    thread.start();
    first.complete(null);
    assertTrue(runsAgain.take());
  }

  @Test
  void aPausedGuestCanBeStopped() throws InterruptedException {
    thread.start();
    thread.pause(new CompletableFuture<>());
    thread.stop();
    assertTrue(thread.awaitStop());
  }

  @Test
  void aTripleFaultIsACrash() {
    runs.add(() -> leave(RunArea.EXIT_SHUTDOWN));
    thread.start();
    GuestEnd end = ended.join();
    assertEquals(GuestEnd.Kind.CRASH, end.kind());
    assertTrue(end.how().startsWith("vCPU 0 gave up"), end::how);
  }

  @Test
  void anUnknownReasonIsACrashThatNamesIt() {
    runs.add(() -> leave(99));
    thread.start();
    assertTrue(ended.join().how().contains("unknown reason 99"));
  }

  @Test
  void aRunThatKvmRefusesFailsTheVmmWithItsError() {
    runs.add(() -> -14);
    thread.start();
    GuestEnd end = ended.join();
    assertEquals(GuestEnd.Kind.FAILURE, end.kind());
    assertTrue(end.how().contains("EFAULT"), end::how);
  }

  @Test
  void aDeviceThatThrowsFailsTheVmm() {
    BusDevice broken =
        new BusDevice() {
          @Override
          public long read(long offset, int width) {
            throw new IllegalStateException("broken");
          }

          @Override
          public CompletableFuture<Void> write(long offset, int width, long value) {
            return DONE;
          }
        };
    BusWindow _ = ports.add(0x80, 1, broken);
    runs.add(() -> io(false, 1, 0x80, 1, 0));
    thread.start();
    assertTrue(ended.join().how().contains("broken"));
  }

  @Test
  void anInterruptedOrPostponedRunIsRepeated() throws InterruptedException {
    runs.add(() -> -11);
    runs.add(() -> -EINTR);
    runs.add(() -> leave(RunArea.EXIT_INTERRUPTED));
    assertEquals(0, dataAfterwards(PORT_DATA));
    assertFalse(ended.isDone());
  }
}
