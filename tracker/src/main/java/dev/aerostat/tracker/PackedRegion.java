package dev.aerostat.tracker;

/**
 * Where the pages of a region of RAM stand in tables that have no place for the guest's holes.
 *
 * @param firstPage its first page
 * @param endPage the page after its last
 * @param packedBias what to add to a page's number to get its packed one
 * @param granuleShift pages of a granule, as a power of two
 * @param granuleBias what to add to a page's number in units of granules to get its granule's index
 */
record PackedRegion(
    long firstPage, long endPage, long packedBias, int granuleShift, long granuleBias) {
  /** Holds no page. */
  static final PackedRegion NONE = new PackedRegion(0, 0, 0, 0, 0);

  boolean holds(long page) {
    return page >= firstPage && page < endPage;
  }

  /** Returns whether it holds all pages of a range, which is not empty. */
  boolean holds(long first, long end) {
    return first >= firstPage && end <= endPage && first < end;
  }

  /** Returns the packed number of a page of this region. */
  long pack(long page) {
    return page + packedBias;
  }

  /** Returns the index of the granule that holds a page of this region. */
  int granuleOf(long page) {
    return (int) ((page >>> granuleShift) + granuleBias);
  }
}
