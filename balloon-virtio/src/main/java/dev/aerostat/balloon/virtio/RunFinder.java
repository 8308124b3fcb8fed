package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.PfnRuns;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Turns the PFNs of a message into runs: each as long as the next PFN carries it on in the
 * direction that its second one gave it. PFNs that are no RAM are reported and left out, as if they
 * were not there.
 */
final class RunFinder {
  private static final ValueLayout.OfInt PFN =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What Linux puts into a message at most, VIRTIO_BALLOON_ARRAY_PFNS_MAX in virtio_balloon.c. */
  private static final int MOST = 256;

  private static final int NEITHER = 0;
  private static final int UP = 1;
  private static final int DOWN = -1;

  private final GuestMemory memory;
  private final int pagesPerPfn;
  private final boolean merge;
  private final RunSink sink;
  private final MistakeSink mistakes;

  private final int[] pfns = new int[MOST];
  private final PfnRuns runs = new PfnRuns(MOST);

  private long regionFirst;
  private long regionEnd;
  private long first;
  private long end;
  private int direction;
  private long pages;
  private boolean ignoresRest;

  RunFinder(GuestMemory memory, PfnMeaning meaning, RunSink sink, MistakeSink mistakes) {
    this.memory = memory;
    this.pagesPerPfn = meaning.pagesPerPfn();
    this.merge = meaning.merge();
    this.sink = sink;
    this.mistakes = mistakes;
  }

  void begin() {
    forgetRun();
    pages = 0;
    ignoresRest = false;
  }

  /** Leaves out all PFNs of the message that follow. */
  void ignoreRest() {
    ignoresRest = true;
  }

  boolean ignoresRest() {
    return ignoresRest;
  }

  /** Adds PFNs from guest memory, each of them read once: the guest may change it meanwhile. */
  void addAll(BalloonEvents events, MemorySegment bytes, long offset, long count) {
    long to = offset + count * Integer.BYTES;
    long at = offset;
    while (at < to && !ignoresRest) {
      int length = (int) Math.min(MOST, (to - at) / Integer.BYTES);
      MemorySegment.copy(bytes, PFN, at, pfns, 0, length);
      if (merge && pagesPerPfn == 1) {
        addRuns(events, length);
      } else {
        addEach(events, 0, length);
      }
      at += (long) length * Integer.BYTES;
    }
  }

  private void addEach(BalloonEvents events, int from, int to) {
    for (int at = from; at < to && !ignoresRest; at++) {
      add(events, Integer.toUnsignedLong(pfns[at]));
    }
  }

  private void addRuns(BalloonEvents events, int length) {
    int count = runs.find(pfns, 0, length);
    for (int run = 0; run < count; run++) {
      long runFirst = runs.firstPage(run);
      long runEnd = runs.endPage(run);
      boolean inOneRegion = isInRegion(runFirst) && runEnd <= regionEnd;
      if (inOneRegion && run == 0 && carriesOn(runFirst, runEnd, runs.isDescending(run))) {
        continue;
      }
      if (!inOneRegion || (run == 0 && touches(runFirst, runEnd))) {
        addEach(events, runs.place(run), length);
        return;
      }
      flush(events);
      first = runFirst;
      end = runEnd;
      direction = directionOf(run);
    }
  }

  private int directionOf(int run) {
    if (end - first == 1) {
      return NEITHER;
    }
    return runs.isDescending(run) ? DOWN : UP;
  }

  /** Says whether the pending run, from the PFNs read before, may go on with these pages. */
  private boolean touches(long from, long to) {
    return end != 0 && from <= end && to >= first;
  }

  /** Makes pages part of the pending run if they go on as it does. */
  private boolean carriesOn(long from, long to, boolean descending) {
    if (direction == UP && from == end && !descending) {
      end = to;
      return true;
    }
    if (direction == DOWN && to == first && (descending || to - from == 1)) {
      first = from;
      return true;
    }
    return false;
  }

  void add(BalloonEvents events, long pfn) {
    if (!names(pfn)) {
      refuse(events, pfn);
    } else if (merge && pfn == end && direction != DOWN && end != 0) {
      end += pagesPerPfn;
      direction = UP;
    } else if (merge && pfn + pagesPerPfn == first && direction != UP && end != 0) {
      first = pfn;
      direction = DOWN;
    } else {
      flush(events);
      first = pfn;
      end = pfn + pagesPerPfn;
    }
  }

  /** Tells the run that is pending, if there is one. */
  void flush(BalloonEvents events) {
    if (end != 0) {
      pages += end - first;
      sink.run(events, first, end, direction == DOWN);
      forgetRun();
    }
  }

  private void forgetRun() {
    first = 0;
    end = 0;
    direction = NEITHER;
  }

  /** Pages in all runs told since the message began. */
  long pages() {
    return pages;
  }

  private boolean names(long pfn) {
    return isInRegion(pfn)
        && (pagesPerPfn == 1 || (pfn % pagesPerPfn == 0 && pfn + pagesPerPfn <= regionEnd));
  }

  /** Says whether a page is RAM, and makes its region the one at hand. */
  private boolean isInRegion(long page) {
    if (page >= regionFirst && page < regionEnd) {
      return true;
    }
    int region = memory.regionOfPage(page);
    if (region < 0) {
      return false;
    }
    GuestRange range = memory.region(region).range();
    regionFirst = range.firstPage();
    regionEnd = range.endPage();
    return true;
  }

  private void refuse(BalloonEvents events, long pfn) {
    if (pagesPerPfn == 1) {
      mistakes.report(GuestMistake.PAGE_OUTSIDE_MEMORY);
    } else {
      flush(events);
      mistakes.report(GuestMistake.BAD_HUGE_PAGE);
      sink.badHugePage(events, pfn);
    }
  }
}
