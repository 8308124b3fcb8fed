package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.guest.sim.BalloonFeatures;
import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.GuestState;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.simulation.RecordedGuest;
import dev.aerostat.simulation.RecordedTraffic;
import dev.aerostat.simulation.ReplayClock;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A simulated or a recorded guest in real time: one thread, on which all of it happens. It learns
 * from the driver's own rings which pages are in the balloon.
 */
final class RealTimeGuest implements DeviceTransport, DeviceInterrupts, ReplayClock, AutoCloseable {
  private static final int DEFLATE = 1;
  private static final long HUGE_PAGES = 1L << BalloonFeatures.HUGE_PAGES_BIT;

  /** Without EVENT_IDX: every message is notified, and so seen here first. */
  private static final long FEATURES =
      BalloonFeatures.MUST_TELL_HOST | BalloonFeatures.DEFLATE_ON_OOM | BalloonFeatures.VERSION_1;

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final Driver guest;
  private final long start = System.nanoTime();
  private final List<PfnWatch> watches = new ArrayList<>();
  private final BitSet ballooned = new BitSet();
  private final BitSet leaving = new BitSet();
  private final BitSet rings = new BitSet();
  private final GuestMemory memory;
  private final Supplier<VirtioDevice> device;

  RealTimeGuest(GuestMemory memory, Supplier<VirtioDevice> device, GuestProfile profile) {
    this(memory, device, bus -> new Simulated(new SimulatedGuest(memory, bus, bus, profile)));
  }

  RealTimeGuest(GuestMemory memory, Supplier<VirtioDevice> device, RecordedTraffic recording) {
    this(memory, device, bus -> new Recorded(wake(recording, memory, bus)));
  }

  private RealTimeGuest(
      GuestMemory memory, Supplier<VirtioDevice> device, Function<RealTimeGuest, Driver> guest) {
    this.memory = memory;
    this.device = device;
    this.guest = guest.apply(this);
  }

  private static RecordedGuest wake(
      RecordedTraffic recording, GuestMemory memory, RealTimeGuest bus) {
    try {
      return recording.wake(memory, bus, bus);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** What the two kinds of guests share. */
  private interface Driver {
    void load();

    boolean idle();

    void queueInterrupt(int queue);

    void configInterrupt();
  }

  private record Simulated(SimulatedGuest guest) implements Driver {
    @Override
    public void load() {
      guest.load();
    }

    @Override
    public boolean idle() {
      return guest.state() == GuestState.IDLE;
    }

    @Override
    public void queueInterrupt(int queue) {
      guest.onQueueInterrupt(queue);
    }

    @Override
    public void configInterrupt() {
      guest.onConfigInterrupt();
    }
  }

  private record Recorded(RecordedGuest guest) implements Driver {
    @Override
    public void load() {
      guest.start();
    }

    @Override
    public boolean idle() {
      return !guest.hasMore();
    }

    @Override
    public void queueInterrupt(int queue) {
      guest.onQueueInterrupt(queue);
    }

    @Override
    public void configInterrupt() {
      // It does not hear what it is asked for.
    }
  }

  void load() {
    thread.execute(guest::load);
  }

  /** Does something while the guest stands still. */
  <T> T whileStill(Callable<T> action) throws Exception {
    return thread.submit(action).get();
  }

  boolean idle() throws Exception {
    return whileStill(guest::idle);
  }

  /** Pages that are in the balloon, or on their way out of it. */
  BitSet ballooned() {
    var away = (BitSet) ballooned.clone();
    away.or(leaving);
    return away;
  }

  /** Pages that driver and device work with. */
  BitSet rings() {
    return rings;
  }

  @Override
  public long now() {
    return System.nanoTime() - start;
  }

  @Override
  public void after(long nanos, Runnable action) {
    var _ = thread.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void queue(int queue) {
    thread.execute(
        () -> {
          if (queue == DEFLATE) {
            leaving.clear();
          }
          guest.queueInterrupt(queue);
        });
  }

  @Override
  public void config() {
    thread.execute(guest::configInterrupt);
  }

  @Override
  public void notifyQueue(int queue) {
    watches
        .get(queue)
        .look(
            page -> {
              ballooned.set(page, queue != DEFLATE);
              leaving.set(page, queue == DEFLATE);
            },
            rings);
    device.get().notifyQueue(queue);
  }

  @Override
  public void configureQueue(int queue, int size, long table, long available, long used) {
    watches.add(queue, new PfnWatch(memory, size, table, available));
    rings.set((int) (table >> 12), (int) (used >> 12) + 2);
    var _ = device.get().configureQueue(queue, new QueueLayout(size, table, available, used));
  }

  @Override
  public void enableQueue(int queue) {
    var _ = device.get().enableQueue(queue);
  }

  @Override
  public long offeredFeatures() {
    return device.get().offeredFeatures() & (FEATURES | HUGE_PAGES);
  }

  @Override
  public void acceptFeatures(long features) {
    device.get().writeDriverFeatures(features);
  }

  @Override
  public int status() {
    return device.get().status();
  }

  @Override
  public void writeStatus(int status) {
    device.get().writeStatus(status);
  }

  @Override
  public int readConfig32(int offset) {
    return (int) device.get().readConfig(offset, Integer.BYTES);
  }

  @Override
  public void writeConfig32(int offset, int value) {
    device.get().writeConfig(offset, Integer.BYTES, value);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    thread.close();
  }
}
