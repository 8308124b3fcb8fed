package dev.aerostat.vmm.passthrough;

import dev.aerostat.api.Gate;
import dev.aerostat.vmm.bus.BusDevice;
import java.util.concurrent.CompletableFuture;

/**
 * A gate that holds back the guest's write: {@link dev.aerostat.api.EarlyDmaPolicy#HOLD}. A guest
 * that asks for DMA too early would start it in good faith, and it would be lost. So its vCPU goes
 * on only when the gate has opened.
 *
 * <p>The vCPU stands in the middle of an access to the configuration space, and Linux has its
 * interrupts off there. A guest with one vCPU balloons nothing meanwhile: it waits until all memory
 * is mapped. One with several goes on with the others; Linux complains of a stall after 21 s.
 *
 * <p>Safe for use by any thread.
 */
public final class HoldingGate implements Gate {
  private final Gate gate;
  private CompletableFuture<Void> opening = new CompletableFuture<>();
  private boolean wished;

  /**
   * Holds what another gate would answer at once.
   *
   * @param gate the device's
   */
  public HoldingGate(Gate gate) {
    this.gate = gate;
  }

  /** Called when the guest has asked for DMA too early, on the thread of its write. */
  public synchronized void wish() {
    wished = true;
  }

  /**
   * Returns how long the write that has just been made is held. To be called after each, before the
   * next.
   *
   * @return done at once, unless the write has asked for DMA too early: then when the gate opens
   */
  public synchronized CompletableFuture<Void> held() {
    if (!wished) {
      return BusDevice.DONE;
    }
    wished = false;
    return opening;
  }

  @Override
  public void open(Runnable done) {
    gate.open(
        () -> {
          current().complete(null);
          done.run();
        });
  }

  private synchronized CompletableFuture<Void> current() {
    return opening;
  }

  /** What is asked for from now on waits for the next opening. */
  @Override
  public void close(Runnable done) {
    synchronized (this) {
      if (opening.isDone()) {
        opening = new CompletableFuture<>();
      }
    }
    gate.close(done);
  }
}
