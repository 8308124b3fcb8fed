package dev.aerostat.engine.core;

import dev.aerostat.api.Granules;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * What can be handed back without a wait, by definition: walks the order from its newest granule on
 * at every question.
 */
final class ReturnOrderModel {
  private final Granules granules;
  private final BitSetTracker balloon;
  private final IntPredicate mapped;

  /** Granules that were inflated into while they held older pages, with the pages that came. */
  private final Map<Integer, Long> renewed = new HashMap<>();

  ReturnOrderModel(Granules granules, BitSetTracker balloon, IntPredicate mapped) {
    this.granules = granules;
    this.balloon = balloon;
    this.mapped = mapped;
  }

  /** Inflates a range of one granule; returns how many pages are new. */
  long inflate(int granule, long firstPage, long endPage, boolean descending) {
    boolean counted = countsWholly(granule);
    long pages = balloon.inflate(firstPage, endPage, descending);
    if (!mapped.test(granule)) {
      renewed.clear();
    } else if (!counted) {
      renewed.merge(granule, pages, Long::sum);
    }
    return pages;
  }

  /** Deflates a range of one granule; returns how many pages that were. */
  long deflate(int granule, long firstPage, long endPage) {
    long pages = balloon.deflate(firstPage, endPage);
    renewed.computeIfPresent(granule, (key, counted) -> Math.max(0, counted - pages));
    if (pagesIn(granule) == 0) {
      renewed.remove(granule);
    }
    return pages;
  }

  void startOver() {
    renewed.clear();
  }

  long readyPages() {
    long ready = 0;
    for (int granule : balloon.newestFirst()) {
      if (!mapped.test(granule)) {
        return ready;
      }
      ready += renewed.getOrDefault(granule, pagesIn(granule));
    }
    return balloon.pages();
  }

  private boolean countsWholly(int wanted) {
    for (int granule : balloon.newestFirst()) {
      if (!mapped.test(granule)) {
        return false;
      }
      if (granule == wanted) {
        return !renewed.containsKey(granule);
      }
    }
    return false;
  }

  private long pagesIn(int granule) {
    return balloon.pagesIn(granules.firstPage(granule), granules.endPage(granule));
  }
}
