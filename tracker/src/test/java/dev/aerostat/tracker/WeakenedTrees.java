package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.testkit.BalloonTrackerContract;
import dev.aerostat.testkit.ForwardingTracker;

/**
 * Interval trees with one thing wrong inside, under the contract alone: at the limits that users
 * get, and without a look at their invariants, as a stranger's tree would be tried.
 */
final class WeakenedTrees {
  private WeakenedTrees() {}

  /** Leaves that do not ask for room before they are full. */
  static final class SplitsWithoutRoom extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        void changed() {
          forEachLeaf(
              leaf -> {
                if (leaf instanceof RangeLeaf few) {
                  few.most = Math.max(few.most, few.bounds.length / 2);
                }
              });
        }
      };
    }
  }

  /** A leaf that turns to bits forgets its last range. */
  static final class LosesARangeInAConversion extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        private int bitmaps;

        @Override
        void changed() {
          int before = bitmaps;
          bitmaps = 0;
          forEachLeaf(
              leaf -> {
                if (leaf instanceof BitmapLeaf bits && ++bitmaps > before) {
                  long last = bits.previous(bits.end - 1, true);
                  bits.bits.assign(
                      last - bits.first + Block.PAGES, last - bits.first + Block.PAGES + 1, false);
                }
              });
        }
      };
    }
  }

  /** Sums above the leaves that miss the last message. */
  static final class ForgetsTheSums extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        public long pagesIn(long firstPage, long endPage) {
          if (tree.tree.shape.root instanceof InnerNode root && stale > 0) {
            root.pages[0] -= stale;
            long count = super.pagesIn(firstPage, endPage);
            root.pages[0] += stale;
            return count;
          }
          return super.pagesIn(firstPage, endPage);
        }
      };
    }
  }

  /** Ranges that are counted once for each leaf that they reach into. */
  static final class ForgetsASeam extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        public long ranges() {
          long[] seams = {0};
          forEachLeaf(leaf -> seams[0] += leaf.joined ? 1 : 0);
          return super.ranges() + seams[0];
        }
      };
    }
  }

  /** An order that drops the newest granule when it has others that settled. */
  static final class ForgetsItsNewest extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return new Weakened(granules) {
        @Override
        void changed() {
          int[] recent = tree.order.recent;
          if (recent[recent.length - 1] >= 0) {
            recent[0] = recent[1];
            System.arraycopy(recent, 2, recent, 1, recent.length - 2);
            recent[recent.length - 1] = NONE;
          }
        }
      };
    }
  }

  /** Sound, until something is overridden. */
  private abstract static class Weakened extends ForwardingTracker {
    final IntervalTreeTracker tree;
    long stale;

    private Weakened(Granules granules) {
      this(new IntervalTreeTracker(granules));
    }

    private Weakened(IntervalTreeTracker tree) {
      super(tree);
      this.tree = tree;
    }

    void changed() {}

    void forEachLeaf(LeafVisitor visitor) {
      TreeLeaf leaf = tree.tree.shape.leftmost;
      while (leaf != null) {
        visitor.visit(leaf);
        leaf = leaf.next;
      }
    }

    @Override
    public long inflate(long firstPage, long endPage, boolean descending) {
      long added = super.inflate(firstPage, endPage, descending);
      stale = added;
      changed();
      return added;
    }

    @Override
    public long deflate(long firstPage, long endPage) {
      long removed = super.deflate(firstPage, endPage);
      changed();
      return removed;
    }
  }

  private interface LeafVisitor {
    void visit(TreeLeaf leaf);
  }
}
