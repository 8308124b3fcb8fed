package dev.aerostat.bench;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.tracker.BitmapTracker;
import dev.aerostat.tracker.IntervalTreeTracker;
import java.util.List;

/** The sets under comparison, by name. */
final class PageSets {
  /** The tracker that users get. */
  static final String OURS = "interval-tree";

  /** The other one of ours. */
  static final String BITMAP = "bitmap";

  /** Ours, told runs by the same plain loop as the others. */
  static final String OURS_PLAIN = "interval-tree-plain";

  /** Ours, told runs that were found before. */
  static final String OURS_FOUND = "interval-tree-found-runs";

  /** The other one of ours, told runs that were found before. */
  static final String BITMAP_FOUND = "bitmap-found-runs";

  static final String BITSET = "BitSet";
  static final String ROARING = "RoaringBitmap";
  static final String GUAVA = "TreeRangeSet";
  static final String TREEMAP = "TreeMap";

  /** Finds the runs and keeps nothing: what all but BitSet cannot be faster than. */
  static final String RUNS_ONLY = "runs-only";

  static final List<String> NAMES =
      List.of(
          RUNS_ONLY,
          OURS,
          BITMAP,
          OURS_FOUND,
          BITMAP_FOUND,
          OURS_PLAIN,
          BITSET,
          ROARING,
          TREEMAP,
          GUAVA);

  private PageSets() {}

  static ComparedPageSet named(String name, List<GuestRange> ram) {
    return switch (name) {
      case OURS, BITMAP -> new TrackerSet(tracker(name, granules(ram)));
      case OURS_PLAIN -> new PlainTrackerSet(new IntervalTreeTracker(granules(ram)));
      case OURS_FOUND -> new FoundRunsSet(new IntervalTreeTracker(granules(ram)));
      case BITMAP_FOUND -> new FoundRunsSet(new BitmapTracker(granules(ram)));
      case BITSET -> new BitSetSet((int) ram.getLast().endPage());
      case ROARING -> new RoaringSet();
      case GUAVA -> new GuavaSet();
      case TREEMAP -> new TreeMapSet();
      case RUNS_ONLY -> new RunsOnly();
      default ->
          throw new IllegalArgumentException("no set '%s': there are %s".formatted(name, NAMES));
    };
  }

  /** Creates one of our trackers. */
  static BalloonTracker tracker(String name, Granules granules) {
    return switch (name) {
      case OURS -> new IntervalTreeTracker(granules);
      case BITMAP -> new BitmapTracker(granules);
      default ->
          throw new IllegalArgumentException(
              "no tracker of ours '%s': there are %s and %s".formatted(name, OURS, BITMAP));
    };
  }

  private static Granules granules(List<GuestRange> ram) {
    return UntouchedGuests.untouched(ram);
  }
}
