package dev.aerostat.engine.core;

import java.util.BitSet;

/**
 * Granules with pages that count as ballooned and may be the guest's.
 *
 * <p>A page that is inflated while a deflate of it is pending leaves the guest when that is read,
 * and returns to it with the deflate: the tracker has it in the balloon all the same. That does no
 * harm to a page that is mapped by then; but {@link
 * dev.aerostat.api.MapFailurePolicy#CLOSE_GATE_AND_ACK} returns deflates of what the host refuses.
 * So a granule is doubtful from such an inflate until it is mapped, and the gate waits for that. An
 * inflate that comes once the deflate was returned is to be trusted as any other.
 */
final class DoubtfulGranules {
  private BitSet doubtful = new BitSet();
  private BitSet waived = new BitSet();

  /** A pending deflate waits no longer for this granule, which is not mapped. */
  void waived(int granule) {
    waived.set(granule);
  }

  /**
   * Pages of a granule were inflated while some deflate was pending.
   *
   * @param waitedFor whether one waits for this granule
   */
  void inflated(int granule, boolean waitedFor) {
    if (waitedFor || waived.get(granule)) {
      doubtful.set(granule);
    }
  }

  /** No deflate is pending any more. */
  void answered() {
    if (!waived.isEmpty()) {
      waived.clear();
    }
  }

  void mapped(int granule) {
    doubtful.clear(granule);
    waived.clear(granule);
  }

  /** Called once all memory is mapped, which it then stays: no granule is doubtful any more. */
  void allMapped() {
    doubtful = new BitSet();
    waived = new BitSet();
  }

  void clear() {
    doubtful.clear();
    waived.clear();
  }

  boolean isEmpty() {
    return doubtful.isEmpty();
  }
}
