package dev.aerostat.observer;

/**
 * Who has a page: the guest, the balloon, or neither because its deflate is on its way. A page that
 * a message names without being RAM, or without reason, changes nothing.
 *
 * <p>A page that a virtio-mem device has is the guest's if it is plugged, whatever messages of the
 * balloon say of it.
 */
final class Balloon {
  private final long pages;
  private final SparsePageSet owned;
  private final SparsePageSet leaving;

  // What a virtio-mem device has: nothing, until told.
  private long regionFirst;
  private long regionEnd;

  /** What is done with a range of pages. */
  interface Pieces {
    void take(long first, long end);
  }

  Balloon(long pages) {
    this.pages = pages;
    this.owned = new SparsePageSet(pages);
    this.leaving = new SparsePageSet(pages);
    this.regionFirst = pages;
    this.regionEnd = pages;
    reset();
  }

  /** From now on a virtio-mem device has {@code [first, end)}, with nothing plugged. */
  void withhold(long first, long end) {
    regionFirst = first;
    regionEnd = end;
    long _ = owned.remove(first, end);
  }

  void plug(long first, long end) {
    long _ = owned.add(first, end);
  }

  void unplug(long first, long end) {
    long _ = owned.remove(first, end);
  }

  /** Passes on what of a range no virtio-mem device has. */
  void outsideRegion(long first, long end, Pieces pieces) {
    long below = Math.min(end, regionFirst);
    if (first < below) {
      pieces.take(first, below);
    }
    long above = Math.max(first, regionEnd);
    if (above < end) {
      pieces.take(above, end);
    }
  }

  /** The guest has everything back but what is not plugged. */
  void reset() {
    outsideRegion(
        0,
        pages,
        (first, end) -> {
          long _ = owned.add(first, end);
        });
    long _ = leaving.remove(0, pages);
  }

  /** The device has returned an inflate message. */
  void take(PageRuns runs) {
    for (int run = 0; run < runs.count(); run++) {
      outsideRegion(
          runs.first(run),
          runs.end(run),
          (first, end) -> {
            long _ = owned.remove(first, end);
          });
    }
  }

  /** The guest has made a deflate message available. */
  void startLeaving(PageRuns runs) {
    for (int run = 0; run < runs.count(); run++) {
      outsideRegion(runs.first(run), runs.end(run), this::startLeaving);
    }
  }

  private void startLeaving(long from, long end) {
    long first = owned.nextOut(from, end);
    while (first < end) {
      long next = owned.nextIn(first, end);
      long _ = leaving.add(first, next);
      first = owned.nextOut(next, end);
    }
  }

  /** The device has returned a deflate message. */
  void giveBack(PageRuns runs) {
    for (int run = 0; run < runs.count(); run++) {
      outsideRegion(
          runs.first(run),
          runs.end(run),
          (first, end) -> {
            long _ = leaving.remove(first, end);
            long _ = owned.add(first, end);
          });
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
    return pages - owned.count() - leaving.count() - unpluggedPages();
  }

  long unpluggedPages() {
    long unplugged = 0;
    for (long page = owned.nextOut(regionFirst, regionEnd); page < regionEnd; ) {
      long end = owned.nextIn(page, regionEnd);
      unplugged += end - page;
      page = owned.nextOut(end, regionEnd);
    }
    return unplugged;
  }
}
