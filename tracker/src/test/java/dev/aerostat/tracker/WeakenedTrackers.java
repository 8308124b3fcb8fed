package dev.aerostat.tracker;

import com.google.common.collect.Lists;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.testkit.BalloonTrackerContract;
import dev.aerostat.testkit.ForwardingTracker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

  static final class LosesTheLastPageOfABlock extends BalloonTrackerContract {
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

  /**
   * Sound as long as it is asked after each deflate: what it puts off until then comes too late. It
   * walks the whole order at each such message, so in large guests it is sound.
   */
  static final class PutsOffWhatItMustNot extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        private final Set<Integer> emptied = new HashSet<>();
        private final boolean small = granules.count() <= 1024;

        @Override
        public long inflate(long firstPage, long endPage, boolean descending) {
          boolean comesBack = small && emptied.contains(granules.indexOf(firstPage));
          List<Integer> order = comesBack ? order() : List.of();
          long added = super.inflate(firstPage, endPage, descending);
          if (comesBack) {
            Lists.reverse(order).forEach(this::touch);
          }
          return added;
        }

        private void touch(int granule) {
          long first = granules.firstPage(granule);
          long page = super.nextBallooned(first);
          super.inflate(page, page + 1, false);
        }

        private List<Integer> order() {
          var order = new ArrayList<Integer>();
          for (int at = super.mostRecentGranule(); at != NONE; at = super.nextOlderGranule(at)) {
            order.add(at);
          }
          return order;
        }

        @Override
        public long deflate(long firstPage, long endPage) {
          long removed = super.deflate(firstPage, endPage);
          emptied.add(granules.indexOf(firstPage));
          return removed;
        }

        @Override
        public int mostRecentGranule() {
          emptied.clear();
          return super.mostRecentGranule();
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
