package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.testkit.BalloonTrackerContract;
import dev.aerostat.testkit.ForwardingTracker;

/**
 * Trackers with one thing wrong each, under the contract. Not found by the build's name patterns:
 * {@link ContractSabotageTest} runs them and expects them to fail.
 */
final class WeakenedTrackers {
  private WeakenedTrackers() {}

  static final class Sound extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules);
    }
  }

  static final class ForgetsToMerge extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        public void forEachRange(RangeVisitor visitor) {
          super.forEachRange(
              (first, end) -> {
                for (long page = first; page < end; page += 4096) {
                  visitor.visit(page, Math.min(end, page + 4096));
                }
              });
        }
      };
    }
  }

  static final class MiscountsRanges extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        private long ranges;

        @Override
        public long inflate(long firstPage, long endPage, boolean descending) {
          boolean joins = contains(Math.max(0, firstPage - 1)) || contains(endPage);
          long added = super.inflate(firstPage, endPage, descending);
          ranges += joins || added == 0 ? 0 : 1;
          return added;
        }

        @Override
        public long ranges() {
          return ranges;
        }
      };
    }
  }

  static final class CountsPagesTwice extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        public long inflate(long firstPage, long endPage, boolean descending) {
          super.inflate(firstPage, endPage, descending);
          return endPage - firstPage;
        }
      };
    }
  }

  static final class ForgetsWhoCameLast extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        public long inflate(long firstPage, long endPage, boolean descending) {
          return containsAll(firstPage, endPage)
              ? 0
              : super.inflate(firstPage, endPage, descending);
        }
      };
    }
  }

  static final class IgnoresTheDirection extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        public long inflate(long firstPage, long endPage, boolean descending) {
          return super.inflate(firstPage, endPage, false);
        }
      };
    }
  }

  static final class AcceptsHoles extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        public long deflate(long firstPage, long endPage) {
          return granules.memory().containsPages(firstPage, endPage)
              ? super.deflate(firstPage, endPage)
              : 0;
        }
      };
    }
  }

  static final class LosesTheLastPageOfALeaf extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        public boolean contains(long page) {
          return (page & 4095) != 4095 && super.contains(page);
        }
      };
    }
  }

  static final class ClearsOnlyThePages extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        private int stale = NONE;

        @Override
        public void clear() {
          stale = mostRecentGranule();
          super.clear();
        }

        @Override
        public int mostRecentGranule() {
          return pages() == 0 ? stale : super.mostRecentGranule();
        }
      };
    }
  }

  static final class BreaksItsInvariants extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new BitmapTracker(granules);
    }

    @Override
    protected void checkInside(BalloonTracker tracker) {
      ((BitmapTracker) tracker).bitmap.counts[1]++;
      BitmapInvariants.check((BitmapTracker) tracker);
    }
  }

  /** Sound, until something is overridden. */
  private static class Weakened extends ForwardingTracker {
    private Weakened(Granules granules) {
      super(new BitmapTracker(granules));
    }
  }
}
