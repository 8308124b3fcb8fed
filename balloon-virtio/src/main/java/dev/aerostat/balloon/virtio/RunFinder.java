package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;

/**
 * Turns the PFNs of a message into runs: each as long as the next PFN carries it on in the
 * direction that its second one gave it. PFNs that are no RAM are reported and left out, as if they
 * were not there.
 */
final class RunFinder {
  private static final int NEITHER = 0;
  private static final int UP = 1;
  private static final int DOWN = -1;

  private final GuestMemory memory;
  private final int pagesPerPfn;
  private final boolean merge;
  private final RunSink sink;
  private final MistakeSink mistakes;

  private long regionFirst;
  private long regionEnd;
  private long first;
  private long end;
  private int direction;
  private long pages;

  RunFinder(GuestMemory memory, PfnMeaning meaning, RunSink sink, MistakeSink mistakes) {
    this.memory = memory;
    this.pagesPerPfn = meaning.pagesPerPfn();
    this.merge = meaning.merge();
    this.sink = sink;
    this.mistakes = mistakes;
  }

  void begin() {
    first = 0;
    end = 0;
    pages = 0;
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
      direction = NEITHER;
    }
  }

  /** Tells the run that is pending, if there is one. */
  void flush(BalloonEvents events) {
    if (end != 0) {
      pages += end - first;
      sink.run(events, first, end, direction == DOWN);
      end = 0;
      first = 0;
    }
  }

  /** Pages in all runs told since the message began. */
  long pages() {
    return pages;
  }

  private boolean names(long pfn) {
    if (pfn < regionFirst || pfn >= regionEnd) {
      int region = memory.regionOfPage(pfn);
      if (region < 0) {
        return false;
      }
      GuestRange range = memory.region(region).range();
      regionFirst = range.firstPage();
      regionEnd = range.endPage();
    }
    return pagesPerPfn == 1 || (pfn % pagesPerPfn == 0 && pfn + pagesPerPfn <= regionEnd);
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
