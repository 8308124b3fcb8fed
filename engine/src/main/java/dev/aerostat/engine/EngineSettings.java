package dev.aerostat.engine;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.Pages;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.engine.core.ResetPolicy;
import dev.aerostat.mapper.spi.MapperLimits;

/**
 * How an engine behaves. Immutable; start from {@link #forMemory} and change what must differ.
 *
 * @param strategy when the gate opens
 * @param residentBytes what is never asked of the balloon, in bytes: what the guest needs to boot
 *     and live on until the rest is handed back
 * @param preMap whether ballooned memory is mapped before the guest asks for it
 * @param prefaultThreads threads that populate and map, 1 to 256
 * @param reservedEntries mappings of the container left to the VMM's own use, 0 or more
 * @param mapFailurePolicy what happens to a deflate whose pages the host refuses to map
 * @param earlyDmaPolicy what the VMM does when the guest asks for DMA while the gate is closed
 * @param resetPolicy how a device reset is kept from taking effect while the gate is open
 */
public record EngineSettings(
    Strategy strategy,
    long residentBytes,
    boolean preMap,
    int prefaultThreads,
    long reservedEntries,
    MapFailurePolicy mapFailurePolicy,
    EarlyDmaPolicy earlyDmaPolicy,
    ResetPolicy resetPolicy) {
  /** What one worker populates at a time: about 10 ms of work at 216 ms/GiB. */
  private static final long SLICE_BYTES = 32L << 20;

  private static final long DEFAULT_RESERVED_ENTRIES = 32;
  private static final int MOST_THREADS = 256;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range: the message names it
   */
  public EngineSettings {
    if (residentBytes < 0 || residentBytes % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "resident bytes must be 0 or more and a multiple of %d, not %d"
              .formatted(Pages.SIZE, residentBytes));
    }
    if (prefaultThreads < 1 || prefaultThreads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "prefault threads must be 1 to %d, not %d".formatted(MOST_THREADS, prefaultThreads));
    }
    if (reservedEntries < 0) {
      throw new IllegalArgumentException(
          "reserved entries must be 0 or more, not " + reservedEntries);
    }
  }

  /**
   * Gives the usual settings: async, pre-map on, one prefault thread, a resident set of 1/64 of
   * memory and 1 GiB, at most half of memory.
   *
   * @param memory the guest's RAM
   * @return the settings
   */
  public static EngineSettings forMemory(GuestMemory memory) {
    return new EngineSettings(
        Strategy.ASYNC,
        usualResidentBytes(memory.bytes()),
        true,
        1,
        DEFAULT_RESERVED_ENTRIES,
        MapFailurePolicy.HOLD,
        EarlyDmaPolicy.HOLD,
        ResetPolicy.HOLD_STATUS);
  }

  /**
   * Gives the usual resident set: Linux keeps 1/64 of memory for its page structures alone.
   *
   * @param memoryBytes the guest's RAM in bytes
   * @return 1/64 of it and 1 GiB, at most half of it, in whole pages
   */
  public static long usualResidentBytes(long memoryBytes) {
    long bytes = Math.min(memoryBytes / 64 + (1L << 30), memoryBytes / 2);
    return bytes / Pages.SIZE * Pages.SIZE;
  }

  /**
   * Changes when the gate opens.
   *
   * @param value the strategy
   * @return these settings but for that
   */
  public EngineSettings withStrategy(Strategy value) {
    return new EngineSettings(
        value,
        residentBytes,
        preMap,
        prefaultThreads,
        reservedEntries,
        mapFailurePolicy,
        earlyDmaPolicy,
        resetPolicy);
  }

  /**
   * Changes the resident set.
   *
   * @param value in bytes, a multiple of 4 KiB, 0 or more
   * @return these settings but for that
   * @throws IllegalArgumentException if the value is out of its range
   */
  public EngineSettings withResidentBytes(long value) {
    return new EngineSettings(
        strategy,
        value,
        preMap,
        prefaultThreads,
        reservedEntries,
        mapFailurePolicy,
        earlyDmaPolicy,
        resetPolicy);
  }

  /**
   * Changes whether ballooned memory is mapped before the guest asks for it.
   *
   * @param value false to map on demand only
   * @return these settings but for that
   */
  public EngineSettings withPreMap(boolean value) {
    return new EngineSettings(
        strategy,
        residentBytes,
        value,
        prefaultThreads,
        reservedEntries,
        mapFailurePolicy,
        earlyDmaPolicy,
        resetPolicy);
  }

  /**
   * Changes the number of threads that populate and map.
   *
   * @param value 1 to 256
   * @return these settings but for that
   * @throws IllegalArgumentException if the value is out of its range
   */
  public EngineSettings withPrefaultThreads(int value) {
    return new EngineSettings(
        strategy,
        residentBytes,
        preMap,
        value,
        reservedEntries,
        mapFailurePolicy,
        earlyDmaPolicy,
        resetPolicy);
  }

  /**
   * Changes how many mappings of the container are left to the VMM.
   *
   * @param value 0 or more
   * @return these settings but for that
   * @throws IllegalArgumentException if the value is out of its range
   */
  public EngineSettings withReservedEntries(long value) {
    return new EngineSettings(
        strategy,
        residentBytes,
        preMap,
        prefaultThreads,
        value,
        mapFailurePolicy,
        earlyDmaPolicy,
        resetPolicy);
  }

  /**
   * Changes the policies.
   *
   * @param mapFailure what happens to a deflate whose pages the host refuses to map
   * @param earlyDma what the VMM does when the guest asks for DMA while the gate is closed
   * @param reset how a device reset is kept from taking effect while the gate is open
   * @return these settings but for those
   */
  public EngineSettings withPolicies(
      MapFailurePolicy mapFailure, EarlyDmaPolicy earlyDma, ResetPolicy reset) {
    return new EngineSettings(
        strategy,
        residentBytes,
        preMap,
        prefaultThreads,
        reservedEntries,
        mapFailure,
        earlyDma,
        reset);
  }

  /**
   * Gives the settings of the state machine for one mapper.
   *
   * @param limits what the mapper allows
   * @return the same in pages
   */
  public CoreSettings core(MapperLimits limits) {
    return new CoreSettings(
        strategy == Strategy.ASYNC,
        preMap,
        Pages.ofBytes(residentBytes),
        prefaultThreads,
        limits.concurrentMaps(),
        Pages.ofBytes(SLICE_BYTES),
        mapFailurePolicy,
        earlyDmaPolicy,
        resetPolicy);
  }
}
