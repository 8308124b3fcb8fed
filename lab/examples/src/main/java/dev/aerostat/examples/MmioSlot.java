package dev.aerostat.examples;

import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.virtio.VirtioDevice;
import dev.aerostat.virtio.transport.InterruptLine;
import dev.aerostat.virtio.transport.VirtioMmio;
import java.util.concurrent.CompletableFuture;

/**
 * A place on a VMM's bus for the balloon device, as virtio-mmio. It exists before the engine, whose
 * interrupts it takes, and gets the engine's device before the guest starts.
 */
// tag::slot[]
final class MmioSlot implements DeviceInterrupts {
  private final CompletableFuture<VirtioMmio> balloon = new CompletableFuture<>();

  void plug(VirtioDevice device, InterruptLine line) {
    balloon.complete(new VirtioMmio(device, line));
  }

  /** A vCPU reads: the exit's offset in the window, and its width. */
  long read(long offset, int width) {
    return balloon.join().read(offset, width);
  }

  /** A vCPU writes, and goes on once the write has taken effect. */
  void write(long offset, int width, long value) {
    balloon.join().write(offset, width, value).join();
  }

  @Override
  public void queue(int queue) {
    balloon.join().interruptQueue();
  }

  @Override
  public void config() {
    balloon.join().interruptConfig();
  }
}
// end::slot[]
