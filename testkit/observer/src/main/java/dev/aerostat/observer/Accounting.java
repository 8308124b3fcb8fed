package dev.aerostat.observer;

import java.util.OptionalLong;

/**
 * What the observer counted by itself. Immutable. Pages are 4 KiB; guest-owned, ballooned and
 * leaving pages add up to all RAM.
 *
 * @param guestOwnedPages pages that the guest may use
 * @param balloonedPages pages in the balloon
 * @param leavingPages pages whose deflate is with the device
 * @param mappedPages pages in live mappings
 * @param liveMappings mappings now
 * @param peakMappings the most mappings at once
 * @param inflate inflate messages
 * @param deflate deflate messages
 */
public record Accounting(
    long guestOwnedPages,
    long balloonedPages,
    long leavingPages,
    long mappedPages,
    long liveMappings,
    long peakMappings,
    Inflates inflate,
    Deflates deflate) {
  /**
   * Inflate messages.
   *
   * @param messages those made available
   * @param pages pages of RAM named in them, as often as they were named
   * @param outstandingPages those in messages that are still with the device
   */
  public record Inflates(long messages, long pages, long outstandingPages) {}

  /**
   * Deflate messages. The pages mapped when their message was first seen and those that were not
   * add up to {@code pages}.
   *
   * @param messages those made available
   * @param pages pages of RAM named in them, as often as they were named
   * @param preMappedPages those that were mapped when their message was first seen
   * @param onDemandPages those that were not
   * @param ackNanosP50 median time from a message's availability to its used index
   * @param ackNanosP99 99th percentile
   * @param ackNanosMax the longest
   */
  public record Deflates(
      long messages,
      long pages,
      long preMappedPages,
      long onDemandPages,
      OptionalLong ackNanosP50,
      OptionalLong ackNanosP99,
      OptionalLong ackNanosMax) {}
}
