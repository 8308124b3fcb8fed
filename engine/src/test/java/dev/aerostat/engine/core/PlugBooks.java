package dev.aerostat.engine.core;

import dev.aerostat.api.Granules;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** What a virtio-mem device withholds, and the request that waits. */
final class PlugBooks {
  final PlugPlan plan;
  final BitSet region = new BitSet();
  final BitSet plugged = new BitSet();

  /** The pages that the guest waits for; empty if it waits for none. */
  BitSet asked = new BitSet();

  /** Whether the queue is stopped, so that no answer reaches the guest. */
  boolean queueStopped;

  /** Whether an answer came while it was. */
  boolean answerLost;

  long operatorPages;
  long shown;
  private final Granules granules;

  PlugBooks(Granules granules, PlugPlan plan) {
    this.granules = granules;
    this.plan = plan;
    if (!plan.isEmpty()) {
      region.set(
          (int) granules.firstPage(plan.firstGranule()),
          (int) granules.endPage(plan.endGranule() - 1));
    }
    this.operatorPages = region.cardinality();
  }

  boolean contains(int granule) {
    return plan.contains(granule);
  }

  boolean isAsked() {
    return !asked.isEmpty();
  }

  /** Returns whether an answer is due once all that is asked for is mapped. */
  boolean isWaiting() {
    return isAsked() && !answerLost;
  }

  boolean awaits(int granule) {
    int next = isWaiting() ? asked.nextSetBit((int) granules.firstPage(granule)) : -1;
    return next >= 0 && next < granules.endPage(granule);
  }

  /** Returns the device's check: what it does not pass on is answered at once. */
  boolean passes(int first, int end) {
    int plugged = this.plugged.nextSetBit(first);
    return !isAsked()
        && !queueStopped
        && first < end
        && region.nextClearBit(first) >= end
        && (plugged < 0 || plugged >= end)
        && this.plugged.cardinality() + end - first <= shown;
  }

  /** Returns the next granule to map ahead, lowest first. */
  Optional<Integer> nextToMap(IntPredicate idle) {
    OptionalInt next =
        IntStream.range(plan.firstGranule(), plan.endGranule()).filter(idle).findFirst();
    return next.isPresent() && offset(next.getAsInt()) < operatorPages
        ? Optional.of(next.getAsInt())
        : Optional.empty();
  }

  private long offset(int granule) {
    return granules.firstPage(granule) - granules.firstPage(plan.firstGranule());
  }

  /**
   * Returns what the guest is to be asked for: all if mapped, else whole steps from the low end.
   */
  long due(CoreSettings settings, BitSet mapped) {
    long all = region.cardinality();
    if (settings.async() && !settings.preMap()) {
      return Math.min(operatorPages, all);
    }
    int first = Math.max(0, region.nextSetBit(0));
    int gap = mapped.nextClearBit(first);
    if (gap - first >= operatorPages) {
      return operatorPages;
    }
    long whole = gap >= region.length() ? all : Math.max(0, gap / 8 * 8 - first);
    return Math.min(operatorPages, whole);
  }
}
