package dev.aerostat.bench;

/** Balloons of equal runs. */
final class Ranges {
  private Ranges() {}

  /** Balloons a number of equal runs, with a gap of one page after each. */
  static void fill(ComparedPageSet set, long first, long pages, int ranges) {
    long stride = pages / ranges;
    for (int i = 0; i < ranges; i++) {
      long from = first + i * stride;
      set.fill(from, from + stride - 1);
    }
  }
}
