package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Thousands of messages in a row: some faults need a leaf that was split, filled, converted and
 * merged before they show. Each message goes to a tree, to a bitmap and to a model, which must not
 * differ.
 *
 * <p>For ten million messages, with a line for each seed: {@code mvn test -pl tracker -am
 * -Dtest=LongTrafficProperties -Dsurefire.failIfNoSpecifiedTests=false -Daerostat.messages=170000}.
 */
final class LongTrafficProperties {
  /** Messages of each of 60 seeds. */
  private static final int MESSAGES = Integer.getInteger("aerostat.messages", 2500);

  @Provide
  Arbitrary<TreeLimits> limits() {
    return Arbitraries.of(TinyLimits.WITH_THE_REAL_ONES);
  }

  @Provide
  Arbitrary<List<GuestRange>> guests() {
    return Arbitraries.of(
        TrackedGuests.q35(5 * TrackedGuests.GIB),
        List.of(
            GuestRange.ofPages(1, 160),
            GuestRange.ofPages(256, 65_539),
            GuestRange.ofPages(65_539, 300_003),
            GuestRange.ofPages(300_003, 700_001)),
        List.of(
            new GuestRange(0, 600 * TrackedGuests.MIB),
            new GuestRange(Pages.ADDRESS_LIMIT - 2 * TrackedGuests.GIB, Pages.ADDRESS_LIMIT)));
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void aTreeAgreesWithABitmapAndAModel(
      @ForAll("limits") TreeLimits limits,
      @ForAll("guests") List<GuestRange> guest,
      @ForAll long seed)
      throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(guest)) {
      Granules granules = Granules.of(memory.guestMemory(), 2 * TrackedGuests.MIB);
      var traffic = new Traffic(seed, granules);
      var trackers = new SideBySide(granules, new IntervalTreeTracker(granules, limits));
      for (int message = 0; message < MESSAGES; message++) {
        traffic.next(trackers);
        trackers.compareAround(traffic.page(), traffic.page());
        if (message % 100 == 99) {
          trackers.compareAll();
          TreeInvariants.check(trackers.tree, limits);
        }
      }
      trackers.clear();
      trackers.compareAll();
      if (MESSAGES > 2500) {
        System.out.printf(
            "seed %d, %s: %d messages without a difference%n", seed, limits, MESSAGES);
      }
    }
  }

  /** The three of them. */
  private static final class SideBySide implements Traffic.Receiver {
    private final Granules granules;
    private final IntervalTreeTracker tree;
    private final BitmapTracker bitmap;
    private final BalloonModel model;

    private SideBySide(Granules granules, IntervalTreeTracker tree) {
      this.granules = granules;
      this.tree = tree;
      this.bitmap = new BitmapTracker(granules);
      this.model = new BalloonModel(granules);
    }

    @Override
    public void inflate(long first, long end, boolean descending) {
      long added = model.inflate(first, end, descending);
      assertEquals(added, tree.inflate(first, end, descending), "tree: pages inflated");
      assertEquals(added, bitmap.inflate(first, end, descending), "bitmap: pages inflated");
    }

    @Override
    public void deflate(long first, long end) {
      long removed = model.deflate(first, end);
      assertEquals(removed, tree.deflate(first, end), "tree: pages deflated");
      assertEquals(removed, bitmap.deflate(first, end), "bitmap: pages deflated");
    }

    @Override
    public void clear() {
      model.clear();
      tree.clear();
      bitmap.clear();
    }

    private void compareAround(long one, long other) {
      assertEquals(model.pages(), tree.pages(), "pages");
      assertEquals(bitmap.ranges(), tree.ranges(), "ranges");
      assertEquals(model.contains(one), tree.contains(one), "contains");
      assertEquals(one + model.lengthOfRun(one), tree.nextNotBallooned(one), "next not ballooned");
      assertEquals(bitmap.nextBallooned(other), tree.nextBallooned(other), "next ballooned");
      long first = Math.min(one, other);
      long end = Math.max(one, other) + 1;
      assertEquals(bitmap.pagesIn(first, end), tree.pagesIn(first, end), "pages in a range");
      int granule = granules.indexOf(one);
      long from = granules.firstPage(granule);
      long to = granules.endPage(granule);
      assertEquals(model.countIn(from, to), tree.pagesIn(from, to), "pages in a granule");
      if (model.intersects(from, to)) {
        assertEquals(bitmap.mostRecentGranule(), tree.mostRecentGranule(), "newest granule");
        assertEquals(bitmap.nextOlderGranule(granule), tree.nextOlderGranule(granule), "older");
      }
    }

    private void compareAll() {
      List<Long> ranges = model.ranges();
      assertEquals(ranges, BalloonModel.rangesOf(tree), "ranges of the tree");
      assertEquals(ranges, BalloonModel.rangesOf(bitmap), "ranges of the bitmap");
      assertEquals(ranges.size() / 2, tree.ranges(), "number of ranges");
      assertEquals(ranges.reversed(), BalloonModel.descendingRangesOf(tree), "ranges descending");
      List<Integer> order = model.order();
      assertEquals(order, BalloonModel.orderOf(tree), "order of the tree");
      assertEquals(order, BalloonModel.orderOf(bitmap), "order of the bitmap");
    }
  }
}
