package dev.aerostat.vhost.guest;

import dev.aerostat.api.GuestRange;
import dev.aerostat.guest.sim.GuestAccounts;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.GuestState;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A guest with a balloon driver that behaves as Linux's does, in real time, whose device is behind
 * a Unix socket.
 *
 * <p>Its one vCPU is a thread. Safe for use by any thread.
 */
public final class VhostGuest implements AutoCloseable {
  private final ScheduledExecutorService vcpu =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("vhost-guest").daemon().factory());
  private final LinuxGuestMemory memory;
  private final SocketTransport transport;
  private final SimulatedGuest guest;

  private VhostGuest(Path socket, List<GuestRange> ram, GuestProfile profile) throws IOException {
    this.memory = LinuxGuestMemory.allocate(ram, new MemoryBacking.Shared(false));
    try {
      this.transport = SocketTransport.connect(socket, memory);
    } catch (IOException | RuntimeException failure) {
      memory.close();
      throw failure;
    }
    this.guest = new SimulatedGuest(memory.guestMemory(), transport, this::after, profile);
    transport.interruptsTo(
        queue -> vcpu.execute(() -> guest.onQueueInterrupt(queue)),
        () -> vcpu.execute(guest::onConfigInterrupt));
  }

  /**
   * Starts a guest and connects its device. Its driver is not loaded yet.
   *
   * @param socket of a back end that listens
   * @param ram where the guest has its RAM: at least one region, at most 8
   * @param profile how it behaves
   * @return the guest
   * @throws IOException if no back end listens there, or it breaks the protocol
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static VhostGuest boot(Path socket, List<GuestRange> ram, GuestProfile profile)
      throws IOException {
    return new VhostGuest(socket, ram, profile);
  }

  private void after(long nanos, Runnable action) {
    var _ = vcpu.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Loads the driver and waits until it has started, or was refused.
   *
   * @throws IllegalStateException if a driver is loaded, or the back end is gone
   */
  public void load() {
    onVcpu(SimulatedGuest::load);
  }

  /**
   * Begins to remove the driver: it deflates everything, then resets the device.
   *
   * @throws IllegalStateException if the back end is gone
   */
  public void unload() {
    onVcpu(SimulatedGuest::unload);
  }

  /**
   * Returns what the driver is doing.
   *
   * @return its state
   */
  public GuestState state() {
    return ask(guest::state);
  }

  /**
   * Returns where the guest's pages are and what it has done.
   *
   * @return as of now
   */
  public GuestAccounts accounts() {
    return ask(guest::accounts);
  }

  private void onVcpu(Consumer<SimulatedGuest> action) {
    var _ =
        ask(
            () -> {
              action.accept(guest);
              return true;
            });
  }

  private <T> T ask(Callable<T> question) {
    try {
      return vcpu.submit(question).get();
    } catch (ExecutionException failure) {
      throw new IllegalStateException("the guest crashed: " + failure.getCause(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the guest was asked", interrupted);
    }
  }

  /** Ends it hard: the vCPU stops, the connection closes, the memory goes. */
  @Override
  public void close() {
    vcpu.shutdownNow();
    vcpu.close();
    transport.close();
    memory.close();
  }
}
