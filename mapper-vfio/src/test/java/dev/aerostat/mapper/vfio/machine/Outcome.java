package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;

/**
 * How a call ended, and what it left behind.
 *
 * @param name the cause of a refusal, or "done"
 * @param detail the cause, as far as the kernel can tell it
 * @param errno 0 if done
 * @param bytes unmapped
 * @param entriesLeft afterwards
 * @param state what the refusal says that it leaves
 */
record Outcome(String name, String detail, int errno, long bytes, long entriesLeft, State state) {
  static Outcome of(DmaMapper mapper, RandomCalls.Call call) {
    try {
      long bytes = call.make(mapper);
      return new Outcome("done", "", 0, bytes, mapper.limits().entriesLeft(), State.UNCHANGED);
    } catch (HostRefusedException refusal) {
      return new Outcome(
          refusal.reason().getClass().getSimpleName(),
          detail(refusal.reason()),
          refusal.errno(),
          0,
          mapper.limits().entriesLeft(),
          refusal.state());
    }
  }

  /** Whoever says unchanged must be right; whoever cannot know may say partial. */
  Outcome asFarAsKnownTo(Outcome other) {
    return other.state == State.PARTIAL
        ? new Outcome(name, detail, errno, bytes, entriesLeft, State.PARTIAL)
        : this;
  }

  /** Which mapping is in the way the kernel keeps to itself. */
  private static String detail(RefusalCause cause) {
    return cause instanceof RefusalCause.Overlap || cause instanceof RefusalCause.WouldSplit
        ? ""
        : cause.rule();
  }
}
