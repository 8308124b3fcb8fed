package dev.aerostat.engine.core;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.balloon.virtio.BalloonStatistics;

/**
 * What the state machine wants done. A runner carries the commands out, from threads or on a
 * virtual clock, and answers each that has a completion with that event.
 *
 * <p>All methods are called on the thread that feeds the events, from within an event, and must not
 * block or feed another event before they return.
 */
public interface EngineCommands {
  /**
   * Brings memory in. Answered with {@link EngineCore#populated} or {@link
   * EngineCore#populateFailed}.
   *
   * @param granule the granule that the pages belong to
   * @param firstPage first page number, in 4 KiB units
   * @param endPage first page number after them
   */
  void populate(int granule, long firstPage, long endPage);

  /**
   * Maps a granule whose memory was brought in. Answered with {@link EngineCore#mapped} or {@link
   * EngineCore#mapFailed}.
   *
   * @param granule the granule
   */
  void map(int granule);

  /**
   * Unmaps what may be left of a map that was refused without a promise, then maps the granule.
   * That nothing is mapped there ({@link dev.aerostat.api.RefusalCause.NotMapped}) is no refusal.
   * Answered as {@link #map}, or with {@link EngineCore#unmapFailed(int, HostRefusedException)}.
   *
   * @param granule the granule, whose memory was brought in
   */
  void remap(int granule);

  /**
   * Unmaps everything: the end of {@link EngineCore#close}. Answered with {@link
   * EngineCore#unmapped} or {@link EngineCore#unmapFailed}.
   */
  void unmapAll();

  /**
   * Returns a deflate message to the guest.
   *
   * @param token the message
   */
  void acknowledge(int token);

  /**
   * Reads the device again: a deflate message was left in its queue for want of room ({@link
   * EngineCore#acceptsDeflate}), and there is room now.
   */
  void readDevice();

  /**
   * Shows the guest a new target.
   *
   * @param pages how large the balloon is asked to be, in 4 KiB units
   */
  void setTarget(long pages);

  /**
   * Answers the guest's request to plug. A runner without a virtio-mem device is never called.
   *
   * @param acknowledged true if all of it is mapped: it is the guest's from now on; false to refuse
   * @return whether the guest has its answer; if not, nothing has changed, and it asks again or has
   *     gone
   */
  default boolean answerPlug(boolean acknowledged) {
    return false;
  }

  /**
   * Asks the guest to plug more or less. A runner without a virtio-mem device is never called.
   *
   * @param pages how much it is to have plugged, in 4 KiB units, whole blocks
   */
  default void setRequested(long pages) {}

  /** Opens the gate: the device may do DMA. Answered with {@link EngineCore#gateOpened}. */
  void openGate();

  /** Stops the device's DMA. Answered with {@link EngineCore#gateClosed}. */
  void closeGate();

  /** Completes the device reset that the guest asked for. */
  void completeReset();

  /**
   * Completes the stop that may be a reset ({@link EngineCore#stopRequested}); the balloon stays.
   */
  void completeStop();

  /**
   * Starts a timer. Answered with {@link EngineCore#timer}.
   *
   * @param id which one
   * @param nanos nanoseconds until it fires, greater than 0
   */
  void startTimer(int id, long nanos);

  /**
   * Informs the VMM that the guest wants DMA while the gate is closed.
   *
   * @param policy what the VMM chose to do then
   */
  void dmaWanted(EarlyDmaPolicy policy);

  /**
   * Informs the VMM that the host refused. The engine tries again by itself.
   *
   * @param refusal what was refused, and why
   * @param attempt 1 for the first refusal of this granule in a row
   * @param retryNanos nanoseconds until the next try
   */
  void refused(HostRefusedException refusal, int attempt, long retryNanos);

  /**
   * Informs that a deflate message was read whole and cannot be acknowledged yet: some of its pages
   * are not mapped. {@link #acknowledge} follows, unless a reset completes first.
   *
   * @param token the message
   * @param pages all that it names, in 4 KiB units
   */
  default void deflateWaits(int token, long pages) {}

  /**
   * Informs that a deflate message that had to wait was acknowledged just now.
   *
   * @param token the message
   */
  default void deflateWaited(int token) {}

  /** Informs that the guest reset the device. {@link #completeReset} follows. */
  default void resetHeld() {}

  /**
   * Passes on what the guest reports of its memory.
   *
   * @param statistics as the guest claims them
   */
  default void statistics(BalloonStatistics statistics) {}

  /** Called once the engine is closed: no command follows, and no event is taken any more. */
  void closed();
}
