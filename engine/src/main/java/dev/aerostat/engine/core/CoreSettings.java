package dev.aerostat.engine.core;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.Pages;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.spi.MapperLimits;

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
  /** What one worker populates at a time: about 10 ms of work at 216 ms/GiB. */
  private static final long SLICE_BYTES = 32L << 20;

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

  /**
   * Returns the settings for one mapper.
   *
   * @param settings the VMM's
   * @param limits what the mapper allows
   * @return the same in pages
   */
  public static CoreSettings of(EngineSettings settings, MapperLimits limits) {
    return new CoreSettings(
        settings.strategy() == Strategy.ASYNC,
        settings.preMap(),
        Pages.ofBytes(settings.guestMinimumBytes()),
        settings.prefaultThreads(),
        limits.concurrentMaps(),
        Pages.ofBytes(SLICE_BYTES),
        settings.mapFailurePolicy(),
        settings.earlyDmaPolicy(),
        settings.resetPolicy());
  }

  private static void atLeast(String what, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be %d or more, not %d".formatted(what, least, value));
    }
  }
}
