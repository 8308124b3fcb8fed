package dev.aerostat.engine.core;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.MapFailurePolicy;

/**
 * How the state machine behaves. Immutable.
 *
 * @param async whether the gate opens once every page is ballooned or mapped; else once all are
 *     mapped
 * @param preMap whether ballooned memory is mapped before the guest asks for it
 * @param guestMinimumPages what is never asked of the balloon, in 4 KiB pages, 0 or more
 * @param workers populate slices and maps under way at once, 1 or more
 * @param concurrentMaps whether maps may run side by side
 * @param slicePages what one worker populates at a time, in 4 KiB pages, 1 or more
 * @param mapFailurePolicy what happens to a deflate whose pages the host refuses to map
 * @param earlyDmaPolicy what the VMM does when the guest asks for DMA too early
 * @param resetPolicy how a device reset is kept from taking effect while the gate is open
 */
public record CoreSettings(
    boolean async,
    boolean preMap,
    long guestMinimumPages,
    int workers,
    boolean concurrentMaps,
    long slicePages,
    MapFailurePolicy mapFailurePolicy,
    EarlyDmaPolicy earlyDmaPolicy,
    ResetPolicy resetPolicy) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range: the message names it
   */
  public CoreSettings {
    atLeast("guest minimum pages", guestMinimumPages, 0);
    atLeast("workers", workers, 1);
    atLeast("slice pages", slicePages, 1);
  }

  private static void atLeast(String what, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be %d or more, not %d".formatted(what, least, value));
    }
  }
}
