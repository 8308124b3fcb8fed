package dev.aerostat.examples;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.VirtioDevice;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The wires between a balloon device and a simulated guest whose one vCPU is a thread: a stand-in
 * for virtio over PCI or MMIO.
 *
 * <p>Register accesses of the guest go straight to the device, on the vCPU's thread. Interrupts
 * come from the engine's event thread and are only handed over there. Plug the device, then boot.
 */
final class TinyBus implements DeviceTransport, DeviceInterrupts, AutoCloseable {
  /** A vCPU that has stopped takes no interrupts. */
  private final ScheduledExecutorService vcpu =
      new ScheduledThreadPoolExecutor(
          1,
          Thread.ofPlatform().name("vcpu-0").daemon().factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  private final CompletableFuture<VirtioDevice> device = new CompletableFuture<>();
  private volatile Optional<SimulatedGuest> guest = Optional.empty();

  void plug(VirtioDevice plugged) {
    device.complete(plugged);
  }

  /** Starts the guest: its driver loads on the vCPU's thread. */
  void boot(GuestMemory memory, GuestProfile profile) {
    guest = Optional.of(new SimulatedGuest(memory, this, this::after, profile));
    onGuest(SimulatedGuest::load);
  }

  private void onGuest(Consumer<SimulatedGuest> action) {
    vcpu.execute(() -> guest.ifPresent(action));
  }

  private void after(long nanos, Runnable action) {
    var _ = vcpu.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void queue(int queue) {
    onGuest(running -> running.onQueueInterrupt(queue));
  }

  @Override
  public void config() {
    onGuest(SimulatedGuest::onConfigInterrupt);
  }

  @Override
  public long offeredFeatures() {
    return device.join().offeredFeatures();
  }

  @Override
  public void acceptFeatures(long features) {
    device.join().writeDriverFeatures(features);
  }

  @Override
  public int status() {
    return device.join().status();
  }

  @Override
  public void writeStatus(int status) {
    device.join().writeStatus(status);
  }

  @Override
  public int readConfig32(int offset) {
    return (int) device.join().readConfig(offset, Integer.BYTES);
  }

  @Override
  public void writeConfig32(int offset, int value) {
    device.join().writeConfig(offset, Integer.BYTES, value);
  }

  @Override
  public void configureQueue(
      int queue, int size, long descriptorTable, long availableRing, long usedRing) {
    require(
        device
            .join()
            .configureQueue(
                queue, new QueueLayout(size, descriptorTable, availableRing, usedRing)));
  }

  @Override
  public void enableQueue(int queue) {
    require(device.join().enableQueue(queue));
  }

  private static void require(QueueSetup setup) {
    if (setup != QueueSetup.ACCEPTED) {
      throw new IllegalStateException("the device refused a queue: " + setup);
    }
  }

  @Override
  public void notifyQueue(int queue) {
    device.join().notifyQueue(queue);
  }

  /** Stops the vCPU, and waits until it has. */
  @Override
  public void close() {
    vcpu.shutdownNow();
    vcpu.close();
  }
}
