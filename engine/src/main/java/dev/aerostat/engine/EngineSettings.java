package dev.aerostat.engine;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.Pages;
import dev.aerostat.api.ResetPolicy;
import java.util.Objects;

/**
 * How an engine behaves. Immutable; {@link #builder} starts from the usual settings.
 *
 * @param strategy when the gate opens
 * @param guestMinimumBytes what is never asked of the balloon, in bytes: what the guest needs to
 *     boot and live on until the rest is handed back
 * @param preMap whether ballooned memory is mapped before the guest asks for it
 * @param prefaultThreads threads that populate and map, 1 to 256
 * @param reservedEntries mappings of the container left to the VMM's own use, 0 or more
 * @param mapFailurePolicy what happens to a deflate whose pages the host refuses to map
 * @param earlyDmaPolicy what the VMM does when the guest asks for DMA while the gate is closed
 * @param resetPolicy how a device reset is kept from taking effect while the gate is open
 */
public record EngineSettings(
    Strategy strategy,
    long guestMinimumBytes,
    boolean preMap,
    int prefaultThreads,
    long reservedEntries,
    MapFailurePolicy mapFailurePolicy,
    EarlyDmaPolicy earlyDmaPolicy,
    ResetPolicy resetPolicy) {
  private static final long DEFAULT_RESERVED_ENTRIES = 32;
  private static final int MOST_THREADS = 256;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range: the message names it
   */
  public EngineSettings {
    Objects.requireNonNull(strategy, "strategy");
    Objects.requireNonNull(mapFailurePolicy, "mapFailurePolicy");
    Objects.requireNonNull(earlyDmaPolicy, "earlyDmaPolicy");
    Objects.requireNonNull(resetPolicy, "resetPolicy");
    if (guestMinimumBytes < 0 || guestMinimumBytes % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "guest minimum must be 0 or more and a multiple of %d, not %d"
              .formatted(Pages.SIZE, guestMinimumBytes));
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
   * Returns the usual settings: async, pre-map on, one worker, 1/64 of memory and 1 GiB, but at
   * most half of memory, never ballooned.
   *
   * @param memory the guest's RAM
   * @return the settings
   */
  public static EngineSettings forMemory(GuestMemory memory) {
    return builder(memory).build();
  }

  /**
   * Creates a builder that starts from the usual settings.
   *
   * @param memory the guest's RAM
   * @return a builder of its own for each call
   */
  public static Builder builder(GuestMemory memory) {
    return new Builder(usualGuestMinimumBytes(memory.bytes()));
  }

  /**
   * Creates a builder that starts from these settings.
   *
   * @return a builder of its own for each call
   */
  public Builder toBuilder() {
    return new Builder(guestMinimumBytes)
        .strategy(strategy)
        .preMap(preMap)
        .prefaultThreads(prefaultThreads)
        .reservedEntries(reservedEntries)
        .mapFailurePolicy(mapFailurePolicy)
        .earlyDmaPolicy(earlyDmaPolicy)
        .resetPolicy(resetPolicy);
  }

  /**
   * Returns how much is usually never ballooned: Linux keeps 1/64 of memory for its page structures
   * alone.
   *
   * @param memoryBytes the guest's RAM in bytes
   * @return 1/64 of it and 1 GiB, at most half of it, in whole pages
   */
  public static long usualGuestMinimumBytes(long memoryBytes) {
    long bytes = Math.min(memoryBytes / 64 + (1L << 30), memoryBytes / 2);
    return bytes / Pages.SIZE * Pages.SIZE;
  }

  /**
   * Changes some settings. Not safe for use by several threads. A number is checked when the
   * settings are built.
   */
  public static final class Builder {
    private Strategy strategy = Strategy.ASYNC;
    private long guestMinimumBytes;
    private boolean preMap = true;
    private int prefaultThreads = 1;
    private long reservedEntries = DEFAULT_RESERVED_ENTRIES;
    private MapFailurePolicy mapFailurePolicy = MapFailurePolicy.HOLD;
    private EarlyDmaPolicy earlyDmaPolicy = EarlyDmaPolicy.HOLD;
    private ResetPolicy resetPolicy = ResetPolicy.HOLD_STATUS;

    private Builder(long guestMinimumBytes) {
      this.guestMinimumBytes = guestMinimumBytes;
    }

    /**
     * Sets when the gate opens.
     *
     * @param value the strategy
     * @return this
     */
    public Builder strategy(Strategy value) {
      strategy = value;
      return this;
    }

    /**
     * Sets how much of memory is never ballooned.
     *
     * @param value in bytes, a multiple of 4 KiB, 0 or more
     * @return this
     */
    public Builder guestMinimumBytes(long value) {
      guestMinimumBytes = value;
      return this;
    }

    /**
     * Sets whether ballooned memory is mapped before the guest asks for it.
     *
     * @param value false to map on demand only
     * @return this
     */
    public Builder preMap(boolean value) {
      preMap = value;
      return this;
    }

    /**
     * Sets the number of threads that populate and map.
     *
     * @param value 1 to 256
     * @return this
     */
    public Builder prefaultThreads(int value) {
      prefaultThreads = value;
      return this;
    }

    /**
     * Sets how many mappings of the container are left to the VMM.
     *
     * @param value 0 or more
     * @return this
     */
    public Builder reservedEntries(long value) {
      reservedEntries = value;
      return this;
    }

    /**
     * Sets what happens to a deflate whose pages the host refuses to map.
     *
     * @param value the policy
     * @return this
     */
    public Builder mapFailurePolicy(MapFailurePolicy value) {
      mapFailurePolicy = value;
      return this;
    }

    /**
     * Sets what the VMM does when the guest asks for DMA while the gate is closed.
     *
     * @param value the policy
     * @return this
     */
    public Builder earlyDmaPolicy(EarlyDmaPolicy value) {
      earlyDmaPolicy = value;
      return this;
    }

    /**
     * Sets how a device reset is kept from taking effect while the gate is open.
     *
     * @param value the policy
     * @return this
     */
    public Builder resetPolicy(ResetPolicy value) {
      resetPolicy = value;
      return this;
    }

    /**
     * Creates the settings.
     *
     * @return the settings
     * @throws IllegalArgumentException if a number is out of its range: the message names it
     */
    public EngineSettings build() {
      return new EngineSettings(
          strategy,
          guestMinimumBytes,
          preMap,
          prefaultThreads,
          reservedEntries,
          mapFailurePolicy,
          earlyDmaPolicy,
          resetPolicy);
    }
  }
}
