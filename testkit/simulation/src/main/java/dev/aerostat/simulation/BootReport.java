package dev.aerostat.simulation;

import java.util.OptionalLong;

/**
 * What came of a boot or a replay. Immutable. Times are nanoseconds from the VMM's start, on the
 * virtual clock or, for a mapper of this host, in real time; pages are 4 KiB; what never happened
 * is empty.
 *
 * @param memoryBytes RAM of the guest
 * @param guestMinimumBytes what is never asked of a balloon; with virtio-mem, what the guest booted
 *     with
 * @param balloonPageBytes what the guest balloons at a time
 * @param withholding what kept memory from the guest until it was mapped
 * @param strategy {@code async} or {@code sync}
 * @param mapper name of the mapper plugin
 * @param guest how the guest behaved; for a replay the file's name
 * @param seed the setting
 * @param timeline when what happened
 * @param inflate what the guest gave
 * @param deflate what the guest took back
 * @param plug what the guest plugged
 * @param map what was populated and mapped
 * @param refusals what the host refused
 * @param trackerPeakBytes the most that the tracker held
 * @param violations breaches of the rules, as the observer saw them
 * @param firstViolation the first of them in words, empty if there was none
 * @param wallNanos time it took to run
 */
public record BootReport(
    long memoryBytes,
    long guestMinimumBytes,
    long balloonPageBytes,
    Withholding withholding,
    String strategy,
    String mapper,
    String guest,
    long seed,
    Timeline timeline,
    Inflate inflate,
    Deflate deflate,
    Plug plug,
    Map map,
    Refusals refusals,
    long trackerPeakBytes,
    long violations,
    String firstViolation,
    long wallNanos) {
  /**
   * When what happened.
   *
   * @param inflatedNanos the balloon first reached its target
   * @param dmaReadyNanos the gate opened
   * @param fullyMappedNanos the last page was mapped
   * @param balloonEmptyNanos the balloon was empty again, after it had held pages
   * @param pluggedNanos the guest had plugged all that it could
   */
  public record Timeline(
      OptionalLong inflatedNanos,
      OptionalLong dmaReadyNanos,
      OptionalLong fullyMappedNanos,
      OptionalLong balloonEmptyNanos,
      OptionalLong pluggedNanos) {}

  /**
   * What the guest gave.
   *
   * @param messages inflate messages
   * @param pages pages named in them
   * @param runs ranges handed to the tracker
   * @param peakRanges the most disjoint ranges after a message
   */
  public record Inflate(long messages, long pages, long runs, long peakRanges) {}

  /**
   * What the guest took back.
   *
   * @param messages deflate messages
   * @param pages pages named in them
   * @param preMappedPages those that were mapped when their message was read
   * @param onDemandPages those that were not
   * @param onDemandMaps maps made because a deflate waited for them
   * @param ackNanosP50 median time from a message's availability to its used index
   * @param ackNanosP99 99th percentile
   * @param ackNanosMax the longest
   */
  public record Deflate(
      long messages,
      long pages,
      long preMappedPages,
      long onDemandPages,
      long onDemandMaps,
      OptionalLong ackNanosP50,
      OptionalLong ackNanosP99,
      OptionalLong ackNanosMax) {}

  /**
   * What the guest plugged.
   *
   * @param requests requests to plug that were acknowledged
   * @param bytes what they named
   * @param waited of these requests, those that were not acknowledged at once
   * @param waitNanosMax the longest that one waited, in nanoseconds
   */
  public record Plug(long requests, long bytes, long waited, long waitNanosMax) {
    /** What a guest without a virtio-mem device plugs. */
    public static final Plug NONE = new Plug(0, 0, 0, 0);
  }

  /**
   * What was populated and mapped.
   *
   * @param calls map calls
   * @param bytes bytes mapped
   * @param bytesAtGate bytes mapped when the gate opened, 0 if it never did
   * @param liveMappings mappings at the end
   * @param peakMappings the most at once
   * @param busyNanos time in map calls
   * @param populateBusyNanos time in populate calls, of all threads
   */
  public record Map(
      long calls,
      long bytes,
      long bytesAtGate,
      long liveMappings,
      long peakMappings,
      long busyNanos,
      long populateBusyNanos) {}

  /**
   * What the host refused; the engine tried each again.
   *
   * @param count populate and map calls refused
   * @param last the last of them in words, empty if there was none
   */
  public record Refusals(long count, String last) {}
}
