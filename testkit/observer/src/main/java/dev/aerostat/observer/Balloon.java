package dev.aerostat.observer;

/**
 * Who has a page: the guest, the balloon, or neither because its deflate is on its way. A page that
 * a message names without being RAM, or without reason, changes nothing.
 */
final class Balloon {
  private final long pages;
  private final SparsePageSet owned;
  private final SparsePageSet leaving;

  Balloon(long pages) {
    this.pages = pages;
    this.owned = new SparsePageSet(pages);
    this.leaving = new SparsePageSet(pages);
    reset();
  }

  /** The guest has everything back. */
  void reset() {
    long _ = owned.add(0, pages);
    long _ = leaving.remove(0, pages);
  }

  /** The device has returned an inflate message. */
  void take(PageRuns runs) {
    for (int run = 0; run < runs.count(); run++) {
      long _ = owned.remove(runs.first(run), runs.end(run));
    }
  }

  /** The guest has made a deflate message available. */
  void startLeaving(PageRuns runs) {
    for (int run = 0; run < runs.count(); run++) {
      long end = runs.end(run);
      long first = owned.nextOut(runs.first(run), end);
      while (first < end) {
        long next = owned.nextIn(first, end);
        long _ = leaving.add(first, next);
        first = owned.nextOut(next, end);
      }
    }
  }

  /** The device has returned a deflate message. */
  void giveBack(PageRuns runs) {
    for (int run = 0; run < runs.count(); run++) {
      long _ = leaving.remove(runs.first(run), runs.end(run));
      long _ = owned.add(runs.first(run), runs.end(run));
    }
  }

  long nextOwned(long first, long end) {
    return owned.nextIn(first, end);
  }

  long nextNotOwned(long first, long end) {
    return owned.nextOut(first, end);
  }

  /** Returns the first page of {@code [first, end)} that is not ballooned, else {@code end}. */
  long nextNotBallooned(long first, long end) {
    return Math.min(owned.nextIn(first, end), leaving.nextIn(first, end));
  }

  long ownedPages() {
    return owned.count();
  }

  long leavingPages() {
    return leaving.count();
  }

  long balloonedPages() {
    return pages - owned.count() - leaving.count();
  }
}
