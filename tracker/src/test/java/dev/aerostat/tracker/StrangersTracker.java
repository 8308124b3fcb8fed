package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.tracker.TextbookTree.Mistake;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Trackers that strangers could have written, each wrong in a way that works until something is
 * large, old, far or asked for at the wrong moment, and the sentence of the contract that catches
 * it.
 */
enum StrangersTracker {
  SPLITS_WITHOUT_ROOM(Sentence.LONG, tree(Mistake.SPLITS_WITHOUT_ROOM)),
  LOSES_A_RANGE_TURNING_TO_BITS(Sentence.LONG, tree(Mistake.LOSES_A_RANGE_TURNING_TO_BITS)),
  LOSES_A_RANGE_TURNING_TO_RANGES(Sentence.LONG, tree(Mistake.LOSES_A_RANGE_TURNING_TO_RANGES)),
  LEAVES_SUMS_AS_THEY_WERE(Sentence.LONG, tree(Mistake.LEAVES_SUMS_AS_THEY_WERE)),
  LEAVES_SUMS_ON_DEFLATE(Sentence.LONG, tree(Mistake.LEAVES_SUMS_AS_THEY_WERE_ON_DEFLATE)),
  FORGETS_A_SEAM(Sentence.LONG, tree(Mistake.FORGETS_A_SEAM)),
  FORGETS_ITS_NEWEST(Sentence.LONG, tree(Mistake.FORGETS_ITS_NEWEST)),
  LEAVES_THE_NEWEST_TWO(Sentence.LONG, tree(Mistake.LEAVES_THE_NEWEST_TWO_AS_THEY_ARE)),
  LEAVES_AN_EMPTIED_GRANULE(Sentence.LONG, tree(Mistake.LEAVES_AN_EMPTIED_GRANULE_IN_THE_ORDER)),

  COUNTS_PAGES_IN_AN_INT(
      "everyPageOfTheLargestGuestCanBeCounted",
      granules ->
          new Sound(granules) {
            @Override
            public long pages() {
              return (int) super.pages();
            }
          }),
  COUNTS_PAGES_OF_A_RANGE_IN_AN_INT(
      "everyPageOfTheLargestGuestCanBeCounted",
      granules ->
          new Sound(granules) {
            @Override
            public long pagesIn(long firstPage, long endPage) {
              return (int) super.pagesIn(firstPage, endPage);
            }
          }),
  COUNTS_PAGES_IN_32_BITS(
      "everyPageOfTheLargestGuestCanBeCounted",
      granules ->
          new Sound(granules) {
            @Override
            public long pages() {
              return super.pages() & 0xffff_ffffL;
            }
          }),
  RETURNS_CHANGES_AS_AN_INT(
      "everyPageOfTheLargestGuestCanBeCounted",
      granules ->
          new Sound(granules) {
            @Override
            public long deflate(long firstPage, long endPage) {
              return (int) super.deflate(firstPage, endPage);
            }
          }),
  STAMPS_IN_16_BITS("theOrderOutlastsAMillionMessages", granules -> new Stamped(granules, 16)),
  STAMPS_IN_20_BITS("theOrderOutlastsAMillionMessages", granules -> new Stamped(granules, 20)),
  HOLDS_50_000_RANGES("aQuarterOfAMillionRangesAreAsGoodAsOne", g -> new Bounded(g, 50_000)),
  HOLDS_2_POW_18_RANGES("aQuarterOfAMillionRangesAreAsGoodAsOne", g -> new Bounded(g, 1 << 18)),
  REMEMBERS_EVERY_MESSAGE(
      "memoryDoesNotGrowWithTheMessages",
      granules ->
          new Sound(granules) {
            private final List<Long> log = new ArrayList<>();

            @Override
            public long inflate(long firstPage, long endPage, boolean descending) {
              log.add(firstPage);
              return super.inflate(firstPage, endPage, descending);
            }
          }),
  SAYS_THAT_IT_GROWS(
      "memoryDoesNotGrowWithTheMessages",
      granules ->
          new Sound(granules) {
            private long cleared;

            @Override
            public void clear() {
              cleared++;
              super.clear();
            }

            @Override
            public long heldBytes() {
              return super.heldBytes() + 512 * cleared;
            }
          }),
  LEAKS_ON_CLEAR(
      "memoryDoesNotGrowWithTheMessages",
      granules ->
          new Sound(granules) {
            private final List<byte[]> leaked = new ArrayList<>();

            @Override
            public void clear() {
              leaked.add(new byte[16 << 10]);
              super.clear();
            }
          }),
  ONLY_FOR_THE_THREAD_THAT_MADE_IT(
      "threadsMayTakeTurns",
      granules ->
          new Sound(granules) {
            private final Thread maker = Thread.currentThread();

            @Override
            public long inflate(long firstPage, long endPage, boolean descending) {
              return Thread.currentThread().equals(maker)
                  ? super.inflate(firstPage, endPage, descending)
                  : 0;
            }
          }),
  KEEPS_A_FINGER_FOR_EACH_THREAD(
      "threadsMayTakeTurns",
      granules ->
          new Sound(granules) {
            private final ThreadLocal<long[]> deflated = ThreadLocal.withInitial(() -> new long[1]);

            @Override
            public long deflate(long firstPage, long endPage) {
              long removed = super.deflate(firstPage, endPage);
              deflated.get()[0] += removed;
              return removed;
            }

            @Override
            public long pages() {
              return super.pages() - deflated.get()[0] + deflated.get()[0] / 397 * 397;
            }

            @Override
            public long ranges() {
              return super.ranges() + (deflated.get()[0] > 0 ? 1 : 0);
            }
          }),
  WRONG_FROM_THE_NINTH_REGION_ON(
      "everyRegionOfManyIsTracked", granules -> new ManyRegions(granules, 8)),
  WRONG_FROM_REGION_256_ON(
      "everyRegionOfManyIsTracked", granules -> new ManyRegions(granules, 255)),
  ONE_CURSOR_FOR_VISIT_AND_QUERY("questionsFromInsideAVisitDisturbNothing", Cursor::new),
  ONE_CURSOR_FOR_ORDER_AND_QUERY(
      "questionsFromInsideAVisitDisturbNothing",
      granules ->
          new Sound(granules) {
            private boolean asked;

            @Override
            public boolean contains(long page) {
              asked = true;
              return super.contains(page);
            }

            @Override
            public int nextOlderGranule(int granule) {
              boolean lost = asked;
              asked = false;
              int older = super.nextOlderGranule(granule);
              return lost && older != NONE ? super.nextOlderGranule(older) : older;
            }
          }),
  STAYS_IN_A_VISIT_THAT_THREW(
      "questionsFromInsideAVisitDisturbNothing",
      granules ->
          new Sound(granules) {
            private int visits;

            @Override
            public void forEachRange(RangeVisitor visitor) {
              visits++;
              super.forEachRange(visitor);
              visits--;
            }

            @Override
            public long inflate(long firstPage, long endPage, boolean descending) {
              if (visits > 0) {
                throw new IllegalStateException("the balloon must not change in a visit");
              }
              return super.inflate(firstPage, endPage, descending);
            }
          }),
  COUNTS_RANGES_ONE_BY_ONE(
      Sentence.COST,
      granules ->
          new Sound(granules) {
            @Override
            public long ranges() {
              var count = new long[1];
              forEachRange((_, _) -> count[0]++);
              return count[0];
            }
          }),
  COUNTS_PAGES_AFTER_EACH_CHANGE(Sentence.COST, Recounting::new),
  SEARCHES_FROM_THE_START(
      Sentence.COST,
      granules ->
          new Sound(granules) {
            @Override
            public boolean contains(long page) {
              var found = new boolean[1];
              forEachRange((first, end) -> found[0] |= first <= page && page < end);
              return found[0];
            }
          }),
  MAKES_GARBAGE_OF_A_MESSAGE(
      Sentence.GARBAGE,
      granules ->
          new Sound(granules) {
            private long[] last = {};

            @Override
            public long deflate(long firstPage, long endPage) {
              last = new long[] {firstPage, endPage};
              return super.deflate(last[0], last[1]);
            }
          }),
  MAKES_GARBAGE_OF_A_QUESTION(
      Sentence.GARBAGE,
      granules ->
          new Sound(granules) {
            private Optional<Long> last = Optional.empty();

            @Override
            public long nextBallooned(long page) {
              last = Optional.of(super.nextBallooned(page));
              return last.get();
            }
          });

  private final String sentence;

  @SuppressWarnings("ImmutableEnumChecker") // A constructor without a state.
  private final Function<Granules, BalloonTracker> maker;

  StrangersTracker(String sentence, Function<Granules, BalloonTracker> maker) {
    this.sentence = sentence;
    this.maker = maker;
  }

  /** The test of the contract that fails on it. */
  String sentence() {
    return sentence;
  }

  BalloonTracker create(Granules granules) {
    return maker.apply(granules);
  }

  private static Function<Granules, BalloonTracker> tree(Mistake mistake) {
    return granules -> new TextbookTree(granules, mistake);
  }

  private static final class Sentence {
    private static final String LONG = "longTrafficOfEveryShapeIsTrackedToThePage";
    private static final String COST = "whatACallCostsDoesNotGrowWithTheRangesThereAre";
    private static final String GARBAGE = "callsThatNeedNoMoreRoomAllocateNothing";
  }

  /** Sound, until something is overridden. */
  private static class Sound extends TextbookTree {
    final Granules granules;

    private Sound(Granules granules) {
      super(granules);
      this.granules = granules;
    }
  }

  /** Orders granules by the number of the inflate, of which it keeps a few bits. */
  private static final class Stamped extends Sound {
    private final int[] stamps;
    private final int mask;
    private int next;

    private Stamped(Granules granules, int bits) {
      super(granules);
      this.stamps = new int[granules.count()];
      this.mask = (1 << bits) - 1;
    }

    @Override
    public long inflate(long firstPage, long endPage, boolean descending) {
      long added = super.inflate(firstPage, endPage, descending);
      for (long i = granules.indexOf(firstPage); i <= granules.indexOf(endPage - 1); i++) {
        next = (next + 1) & mask;
        stamps[(int) i] = Math.max(1, next);
      }
      return added;
    }

    @Override
    public long deflate(long firstPage, long endPage) {
      long removed = super.deflate(firstPage, endPage);
      for (int i = granules.indexOf(firstPage); i <= granules.indexOf(endPage - 1); i++) {
        stamps[i] = intersects(granules.firstPage(i), granules.endPage(i)) ? stamps[i] : 0;
      }
      return removed;
    }

    @Override
    public int mostRecentGranule() {
      return latestBefore(Integer.MAX_VALUE);
    }

    @Override
    public int nextOlderGranule(int granule) {
      return latestBefore(stamps[granule]);
    }

    private int latestBefore(int stamp) {
      int latest = NONE;
      for (int i = 0; i < 10; i++) {
        boolean later = latest == NONE ? stamps[i] > 0 : stamps[i] > stamps[latest];
        latest = stamps[i] < stamp && later ? i : latest;
      }
      return latest;
    }
  }

  /** Has room for so many ranges, and passes over what would be one more. */
  private static final class Bounded extends Sound {
    private final long most;

    private Bounded(Granules granules, long most) {
      super(granules);
      this.most = most;
    }

    @Override
    public long inflate(long firstPage, long endPage, boolean descending) {
      return ranges() == most ? 0 : super.inflate(firstPage, endPage, descending);
    }
  }

  /** Knows so many regions, and takes the others for the last of them. */
  private static final class ManyRegions extends Sound {
    private final int most;

    private ManyRegions(Granules granules, int most) {
      super(granules);
      this.most = most;
    }

    @Override
    public boolean contains(long page) {
      return granules.memory().regionOfPage(page) < most && super.contains(page);
    }
  }

  /** Looks for the next range where the last question of any kind ended. */
  private static final class Cursor extends Sound {
    private long cursor;

    private Cursor(Granules granules) {
      super(granules);
    }

    @Override
    public long nextNotBallooned(long page) {
      cursor = super.nextNotBallooned(page);
      return cursor;
    }

    @Override
    public void forEachRange(RangeVisitor visitor) {
      for (cursor = 0; ; ) {
        long first = nextBallooned(cursor);
        if (first == NONE) {
          return;
        }
        cursor = nextNotBallooned(first);
        visitor.visit(first, cursor);
      }
    }
  }

  /** Keeps a page count until the balloon changes, then counts a bitmap anew. */
  private static final class Recounting extends Sound {
    private final long[] bitmap;
    private long counted = NONE;

    private Recounting(Granules granules) {
      super(granules);
      this.bitmap = new long[(int) (granules.memory().endPage() / 64)];
    }

    @Override
    public long inflate(long firstPage, long endPage, boolean descending) {
      counted = NONE;
      return super.inflate(firstPage, endPage, descending);
    }

    @Override
    public long pages() {
      if (counted == NONE) {
        counted = super.pages() + Arrays.stream(bitmap).map(Long::bitCount).sum();
      }
      return counted;
    }
  }
}
