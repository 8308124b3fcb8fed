package dev.aerostat.engine.core;

import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;

/**
 * The order in which memory is mapped before anything is known of the guest: what it will balloon
 * last comes first, so that mapping and inflating meet in the middle.
 *
 * <p>Linux takes pages for the balloon from the highest zone, in ascending blocks from 4 GiB up,
 * then from the zone below (mm/page_alloc.c, zonelists; seen in recorded boots). So: the zone below
 * 4 GiB, then the rest from the top down.
 */
final class FillOrder {
  private static final long NORMAL_ZONE_PAGE = Pages.ofBytes(4L << 30);

  private final int low;
  private final int count;

  FillOrder(Granules granules) {
    this.count = granules.count();
    int below = 0;
    while (below < count && granules.firstPage(below) < NORMAL_ZONE_PAGE) {
      below++;
    }
    this.low = below;
  }

  int count() {
    return count;
  }

  /** Gives the granule at a position, 0 to {@link #count()}. */
  int granuleAt(int position) {
    return position < low ? position : count - 1 - (position - low);
  }
}
