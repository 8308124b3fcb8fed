package dev.aerostat.engine;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonStatistics;

/**
 * What a VMM may want to hear of. Called on the engine's event thread, or one that stands in for
 * it, where a method does not say otherwise; must not block.
 *
 * <p>Whatever a method throws is logged and otherwise ignored.
 */
public interface EngineListener {
  /**
   * Called when the boot has come further: after the gate moved, and else at most every 100 ms.
   * Never called twice in a row with the same; the last call tells how things stand.
   *
   * @param progress at this moment
   */
  default void progressed(Progress progress) {}

  /**
   * Called when the guest asked for DMA while the gate is closed. The VMM does what its policy
   * says; {@link dev.aerostat.api.Gate#open} ends it.
   *
   * @param policy as in the settings
   */
  default void dmaWanted(EarlyDmaPolicy policy) {}

  /**
   * Called when the host refused to populate, map or unmap. The engine tries again by itself; after
   * four refusals in a row for one cause it tries nothing at all for a while, then one granule at a
   * time until one is mapped.
   *
   * @param refusal what, and why
   * @param attempt 1 for the first refusal of this memory in a row
   * @param retryNanos nanoseconds until the next try of this memory, at the least
   */
  default void refused(HostRefusedException refusal, int attempt, long retryNanos) {}

  /**
   * Called when a worker's call to the host has ended. On that worker, so perhaps on several
   * threads at once, and the worker goes on when this returns.
   *
   * @param call what was called, and how long it took
   */
  default void hostCalled(HostCall call) {}

  /**
   * Called when a deflate message was acknowledged that had to wait until its pages were mapped.
   *
   * @param bytes all that the message names, mapped in time or not
   * @param nanos nanoseconds from when it was read whole until it was acknowledged
   */
  default void deflateWaited(long bytes, long nanos) {}

  /**
   * Called with what the guest reports of its memory: when its driver starts, and after each {@link
   * AsyncDmaMap#requestStatistics}.
   *
   * @param statistics as the guest claims them
   */
  default void statistics(BalloonStatistics statistics) {}

  /**
   * Called when the engine has failed: the tracker, the gate or the engine itself threw, or the
   * gate did not close in time. Called once, on the event thread, when the gate has closed and no
   * DMA can happen any more; or when it does not close: it threw, or has not said within {@link
   * AsyncDmaMapBuilder#gatePatience} that it is closed. In any case before {@link
   * AsyncDmaMap#close} returns.
   *
   * <p>The balloon device asks its driver for a reset, and nothing is mapped or unmapped any more
   * until {@code close}, which is all that is left to do. {@link AsyncDmaMap#dmaReady} then
   * completes with the same cause if it has not completed before.
   *
   * @param cause what was thrown
   */
  default void failed(Throwable cause) {}

  /**
   * Called when the engine has ended: on the thread that closes it, as the last call of all. What
   * was counted can still be asked for.
   */
  default void closed() {}

  /**
   * Returns a listener that hears nothing.
   *
   * @return one without effect
   */
  static EngineListener none() {
    return new EngineListener() {};
  }
}
