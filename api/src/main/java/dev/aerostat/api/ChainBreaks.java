package dev.aerostat.api;

import java.util.Arrays;

/**
 * Finds the PFNs that are not one page from the one before, without a branch for each.
 *
 * <p>HotSpot's C2 makes vectors of the loop that compares, as long as it reads and writes each
 * array at one place a turn: so the PFNs are copied, and once more for the ones before them.
 */
final class ChainBreaks {
  /** How many PFNs it can look at. */
  static final int MOST = 256;

  /** A bit for each place in a group of 32. */
  private static final int[] BITS = new int[MOST];

  static {
    Arrays.setAll(BITS, place -> 1 << place);
  }

  private final int[] pfns = new int[MOST];
  private final int[] before = new int[MOST];

  /** Its bit where a PFN breaks the chain, else 0. */
  private final int[] breaks = new int[MOST];

  /** Place in the array of the first that was looked at. */
  private int from;

  /**
   * Looks at PFNs of an array, each against the one before it.
   *
   * @param from place of the first, 1 or more
   * @param to place after the last, up to {@link #MOST} after the first
   */
  void find(int[] array, int from, int to) {
    int count = to - from;
    System.arraycopy(array, from, pfns, 0, count);
    System.arraycopy(array, from - 1, before, 0, count);
    find(pfns, before, breaks, BITS, count);
    Arrays.fill(breaks, count, Math.min(MOST, count + Long.SIZE), 0);
    this.from = from;
  }

  private static void find(int[] pfns, int[] before, int[] breaks, int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      // A step of 1 or -1 is 0 here, and no other is.
      int other = (pfns[i] - before[i] + 1) & ~2;
      breaks[i] = ((other | -other) >> 31) & bits[i];
    }
  }

  /** Returns a bit for each of 64 PFNs from a place in the array on, as many as there are. */
  long word(int place) {
    int at = place - from;
    return Integer.toUnsignedLong(group(at)) | (long) group(at + Integer.SIZE) << Integer.SIZE;
  }

  private int group(int at) {
    return join(at) | join(at + 8) | join(at + 16) | join(at + 24);
  }

  private int join(int at) {
    return breaks[at]
        | breaks[at + 1]
        | breaks[at + 2]
        | breaks[at + 3]
        | breaks[at + 4]
        | breaks[at + 5]
        | breaks[at + 6]
        | breaks[at + 7];
  }
}
