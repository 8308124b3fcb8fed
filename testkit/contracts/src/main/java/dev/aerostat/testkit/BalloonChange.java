package dev.aerostat.testkit;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** One range that a guest inflates or deflates, in pages. */
record BalloonChange(Kind kind, long first, long end) {
  enum Kind {
    INFLATE,
    INFLATE_DESCENDING,
    DEFLATE
  }

  static BalloonChange inflate(long first, long end) {
    return new BalloonChange(Kind.INFLATE, first, end);
  }

  static BalloonChange inflateDescending(long first, long end) {
    return new BalloonChange(Kind.INFLATE_DESCENDING, first, end);
  }

  static BalloonChange deflate(long first, long end) {
    return new BalloonChange(Kind.DEFLATE, first, end);
  }

  boolean isInflate() {
    return kind != Kind.DEFLATE;
  }

  /**
   * Messages of all sizes that begin near round numbers of a few units, so that they often overlap,
   * touch, and just miss one another and the places where data structures like to cut.
   */
  static Arbitrary<BalloonChange> on(TrackedGuest guest) {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.of(guest.extents()),
            Arbitraries.of(UNITS),
            Arbitraries.integers().between(0, 12),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(-2, 2),
            Arbitraries.integers().between(-2, 2))
        .as(
            (kind, extent, unit, start, length, before, after) -> {
              long first = extent.clipFirst(extent.anchor() / unit * unit + start * unit + before);
              long end = extent.clip(first + length * unit + after);
              return new BalloonChange(kind, first, Math.max(first + 1, end));
            });
  }

  /** Pages in 4 KiB, 256 KiB, 2 MiB, 16 MiB, 128 MiB and 1 GiB. */
  private static final List<Long> UNITS = List.of(1L, 64L, 512L, 4096L, 32_768L, 262_144L);
}
