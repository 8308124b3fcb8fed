package dev.aerostat.vfio.user;

import java.util.concurrent.CompletableFuture;

/** Decides what becomes of a guest that asks for DMA while the gate is closed. */
@FunctionalInterface
public interface EarlyDmaAnswer {
  /**
   * Called on the thread that serves the device, each time that the guest sets the bus-master bit
   * while the gate is closed. The device gets the bit when the gate opens, whatever is decided.
   *
   * @param gateOpen done when the gate opens, by any thread
   * @return done when the guest's processor may go on: at once, or later, but before the VMM gives
   *     the answer up (QEMU's {@code x-msg-timeout}, 5 s)
   */
  CompletableFuture<Void> asked(CompletableFuture<Void> gateOpen);
}
