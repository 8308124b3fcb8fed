package dev.aerostat.guest.sim;

import java.util.List;

/**
 * A contiguous piece of memory that the guest may balloon.
 *
 * @param first first balloon page, in units of balloon pages
 * @param end first balloon page after it
 * @param deferred whether it is a part of the highest zone, whose initialisation Linux leaves to
 *     all CPUs at once
 */
record PageZone(long first, long end, boolean deferred) {
  /** Adds the whole balloon pages in {@code [firstPage, endPage)}, if there are any. */
  static void add(
      List<PageZone> zones, long firstPage, long endPage, boolean deferred, BalloonPage page) {
    long first = (firstPage + page.pages() - 1) >> page.shift();
    long end = endPage >> page.shift();
    if (first < end) {
      zones.add(new PageZone(first, end, deferred));
    }
  }
}
