package dev.aerostat.api;

/** What all kinds of range refuse, in the same words. */
final class RangeChecks {
  private RangeChecks() {}

  static void check(String kind, long start, long end, long limit) {
    if (start < 0 || end > limit) {
      throw new IllegalArgumentException(
          "%s %s does not lie in [0x0, 0x%x)".formatted(kind, print(start, end), limit));
    }
    if (start >= end) {
      throw new IllegalArgumentException(
          "%s %s is empty: its end must be greater than its start"
              .formatted(kind, print(start, end)));
    }
    if (!Pages.aligned(start) || !Pages.aligned(end)) {
      throw new IllegalArgumentException(
          "%s %s is not aligned: start and end must be multiples of 0x%x"
              .formatted(kind, print(start, end), Pages.SIZE));
    }
  }

  /** Checks page numbers before they are shifted: a number too large would lose its upper bits. */
  static void checkPages(long firstPage, long endPage) {
    if (firstPage < 0 || firstPage >= endPage || endPage > Pages.LIMIT) {
      throw new IllegalArgumentException(
          "guest pages %s: expected numbers of 4 KiB pages from 0x0 to 0x%x, the first below the end"
              .formatted(print(firstPage, endPage), Pages.LIMIT));
    }
  }

  static long end(String kind, long start, long length) {
    try {
      return Math.addExact(start, length);
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException(
          "%s of 0x%x bytes at 0x%x passes the end of the address space"
              .formatted(kind, length, start),
          overflow);
    }
  }

  static String print(long start, long end) {
    return "[0x%x, 0x%x)".formatted(start, end);
  }
}
