package dev.aerostat.balloon.virtio.device;

import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.virtio.QueueStop;

/**
 * What the guest's driver sent, in the order in which the device read it.
 *
 * <p>The engine implements it. Called from within {@code BalloonDevice.process}, on the event
 * thread, and must not block. Page numbers are in 4 KiB units whatever the size of a balloon page;
 * ranges are half-open and hold RAM only. The guest may name a page twice, inflate what is inflated
 * and deflate what never was: the device does not remember pages.
 */
public interface BalloonEvents {
  /**
   * The driver is up: it set DRIVER_OK with MUST_TELL_HOST and VERSION_1 negotiated. Comes once
   * before any message, and again after each completed reset.
   */
  void driverReady();

  /**
   * One run of an inflate message: pages that leave the guest. Runs come in the order in which the
   * guest named them.
   *
   * @param firstPage lowest page of the run
   * @param endPage page after the highest of the run
   * @param descending whether the guest named the highest page first; false for a single balloon
   *     page
   */
  void inflated(long firstPage, long endPage, boolean descending);

  /**
   * An inflate message was read whole. The device returns it to the driver as soon as this method
   * has returned.
   *
   * @param pages in all its runs, 4 KiB units; 0 if every PFN was a mistake
   */
  void inflateMessageEnd(long pages);

  /**
   * Asks for back-pressure, before each deflate message is begun.
   *
   * @return false to leave the deflate queue alone for this turn; whoever returns false must call
   *     {@code BalloonDevice.process} again once it accepts more, since the driver will not ring
   *     twice
   */
  boolean acceptsDeflate();

  /**
   * A deflate message begins. Its runs follow, perhaps over several turns; no other deflate message
   * is begun before its end.
   *
   * @param token names the message until it is acknowledged: 0 to the size of the deflate queue,
   *     exclusive
   */
  void deflateBegin(int token);

  /**
   * One run of a deflate message: pages that the guest wants back.
   *
   * @param token of the message
   * @param firstPage lowest page of the run
   * @param endPage page after the highest of the run
   */
  void deflated(int token, long firstPage, long endPage);

  /**
   * A deflate message was read whole. Once all of its pages are mapped, hand it back with {@code
   * BalloonDevice.acknowledge}: later and in any order, or from within this method.
   *
   * @param token of the message
   * @param pages in all its runs, 4 KiB units
   */
  void deflateEnd(int token, long pages);

  /**
   * The driver asked for a reset. It is held: the driver sees the old status until {@code
   * BalloonDevice.completeReset}, which may be called from within this method. A deflate message
   * without its end gets none, and all tokens die.
   */
  void resetRequested();

  /**
   * A queue was stopped, perhaps since the driver is gone ({@link QueueStop#PERHAPS_RESET}). Until
   * {@link #stopEnded} or a completed reset all RAM may be the guest's own, unasked. Call {@code
   * BalloonDevice.completeStop} once that can do no harm, and see to it that it stays so; that may
   * be from within this method. Nothing is forgotten: pages stay ballooned, tokens stay good, and
   * the queues that are not stopped go on. Comes once until the stop ends.
   */
  void stopRequested();

  /** The stop is over: the driver is the one that was, and so is its balloon. */
  void stopEnded();

  /**
   * The driver sent statistics, one at least that the device knows.
   *
   * @param statistics as the guest claims them
   */
  default void statistics(BalloonStatistics statistics) {}

  /**
   * The driver hinted that pages are free, under the current command id. They stay the guest's own:
   * it may use them at any moment.
   *
   * @param firstPage lowest page of the block
   * @param endPage page after the highest of the block
   */
  default void freePagesHinted(long firstPage, long endPage) {}

  /** The driver has hinted all it had under the current command id. */
  default void freePageHintEnd() {}
}
