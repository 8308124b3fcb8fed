package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
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

  /** Two PFNs: the first one is the lower half. */
  private static final ValueLayout.OfLong PAIR =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final long PFN_MASK = 0xffff_ffffL;
  private static final long BOTH = 0x1_0000_0001L;

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
      add(events, Integer.toUnsignedLong(bytes.get(PFN, at)));
      at += Integer.BYTES;
      if (direction != NEITHER) {
        at = carryOn(events, bytes, at, to);
      }
    }
  }

  /**
   * Reads on, two PFNs at a time, while they are the ones that the pending run waits for, which
   * nearly all are, and adds the first two that are not; returns where it stopped.
   */
  private long carryOn(BalloonEvents events, MemorySegment bytes, long from, long to) {
    boolean up = direction == UP;
    long room = up ? regionEnd - end : first - regionFirst;
    long step = up ? pagesPerPfn : -pagesPerPfn;
    long pairs = Math.min((to - from) / Long.BYTES, room / pagesPerPfn / 2);
    long limit = from + pairs * Long.BYTES;
    long expected = pairFrom(up ? end : first - pagesPerPfn, step);
    long stride = 2 * step * BOTH;
    long at = from;
    long pair = expected;
    while (at < limit) {
      pair = bytes.get(PAIR, at);
      if (pair != expected) {
        break;
      }
      expected += stride;
      at += Long.BYTES;
    }
    carry(at - from, up);
    if (at < limit) {
      add(events, pair & PFN_MASK);
      add(events, pair >>> Integer.SIZE);
      at += Long.BYTES;
    }
    return at;
  }

  private static long pairFrom(long pfn, long step) {
    return (pfn & PFN_MASK) | ((pfn + step) << Integer.SIZE);
  }

  /** The pending run goes on for as many PFNs as these bytes hold. */
  private void carry(long bytes, boolean up) {
    long pages = bytes / Integer.BYTES * pagesPerPfn;
    if (up) {
      end += pages;
    } else {
      first -= pages;
    }
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
