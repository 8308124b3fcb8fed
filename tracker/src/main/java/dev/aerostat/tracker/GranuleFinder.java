package dev.aerostat.tracker;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;

/** Finds granules, quickest in the region of the last range that was checked. */
final class GranuleFinder {
  private final Granules granules;
  private final int shift;

  private long regionFirst;
  private long regionEnd;

  /** What to add to a page's number in units of granules to get its granule's index. */
  private long bias;

  GranuleFinder(Granules granules) {
    this.granules = granules;
    this.shift = Long.numberOfTrailingZeros(granules.granuleBytes()) - Pages.SHIFT;
  }

  /**
   * Refuses what a guest cannot balloon.
   *
   * @throws IllegalArgumentException if the range is empty or not all RAM
   */
  void requireRam(long first, long end) {
    if (first >= regionFirst && first < end && end <= regionEnd) {
      return;
    }
    GuestMemory memory = granules.memory();
    if (!memory.containsPages(first, end)) {
      throw new IllegalArgumentException(refusal(first, end));
    }
    GuestRange region = memory.region(memory.regionOfPage(first)).range();
    regionFirst = region.firstPage();
    regionEnd = region.endPage();
    bias = granules.indexOf(regionFirst) - (regionFirst >>> shift);
  }

  private String refusal(long first, long end) {
    String what = "pages [0x%x, 0x%x)".formatted(first, end);
    return first >= end
        ? what + " are an empty range: the end must be greater than the first page"
        : what + " are not all RAM; the guest has " + granules.memory();
  }

  /** Gives the index of the granule that holds a page of RAM. */
  int indexOf(long page) {
    return page >= regionFirst && page < regionEnd
        ? (int) ((page >>> shift) + bias)
        : granules.indexOf(page);
  }

  /** Gives the first page of the granule that holds a page of RAM. */
  long firstPageAround(long page) {
    return page >= regionFirst && page < regionEnd
        ? Math.max(regionFirst, (page >>> shift) << shift)
        : granules.firstPage(granules.indexOf(page));
  }

  /** Gives the page after the granule that holds a page of RAM. */
  long endPageAround(long page) {
    return page >= regionFirst && page < regionEnd
        ? Math.min(regionEnd, ((page >>> shift) + 1) << shift)
        : granules.endPage(granules.indexOf(page));
  }
}
