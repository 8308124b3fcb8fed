package dev.aerostat.vmm;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.vmm.bus.GuestEnd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A guest that has asked for DMA too early. Its write is held already; with {@link
 * EarlyDmaPolicy#PAUSE} its other vCPUs stand still, too.
 *
 * <p>While they do, its balloon driver does not run. The engine needs it no more: what is in the
 * balloon stays there, the engine maps all that is not, and the gate opens.
 *
 * <p>Safe for use by any thread.
 */
final class EarlyGuest {
  private final EarlyDma settings;
  private final Consumer<CompletableFuture<Void>> pauses;
  private final Consumer<GuestEnd> ends;

  /**
   * Creates what deals with it.
   *
   * @param pauses keeps all vCPUs from running until a future completes
   * @param ends the run
   */
  EarlyGuest(EarlyDma settings, Consumer<CompletableFuture<Void>> pauses, Consumer<GuestEnd> ends) {
    this.settings = settings;
    this.pauses = pauses;
    this.ends = ends;
  }

  /**
   * Called each time that a write is held, on the thread of its vCPU. Never waits.
   *
   * @param opening completes when the gate opens
   */
  void waits(CompletableFuture<Void> opening) {
    if (settings.policy() == EarlyDmaPolicy.PAUSE) {
      pauses.accept(opening);
    }
    var _ =
        opening
            .copy()
            .orTimeout(settings.limit().toNanos(), TimeUnit.NANOSECONDS)
            .exceptionally(
                failure -> {
                  if (failure instanceof TimeoutException) {
                    giveUp();
                  }
                  return null;
                });
  }

  private void giveUp() {
    String how =
        ("the guest has asked for DMA, and its gate has not opened within %d s: see what the host"
                + " refuses to map, or let it take longer (--early-dma-limit)")
            .formatted(settings.limit().toSeconds());
    ends.accept(new GuestEnd(GuestEnd.Kind.FAILURE, how));
  }
}
