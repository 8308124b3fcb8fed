package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.PfnRuns;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.virtio.device.MistakeSink;
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
  private static final long TWO_A_HALF = 0x2_0000_0002L;

  /** What Linux puts into a message at most, VIRTIO_BALLOON_ARRAY_PFNS_MAX in virtio_balloon.c. */
  private static final int MOST = 256;

  private static final int NEITHER = 0;
  private static final int UP = 1;
  private static final int DOWN = -1;

  private final GuestMemory memory;
  private final int pagesPerPfn;
  private final boolean merge;

  /** Whether neighbours merge and a PFN is a page. */
  private final boolean mergesPages;

  private final RunSink sink;
  private final MistakeSink mistakes;

  private final int[] pfns = new int[MOST];
  private final PfnRuns runs = new PfnRuns(MOST);

  /** How many at the start of {@link #pfns} were read already. */
  private int kept;

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
    this.mergesPages = merge && pagesPerPfn == 1;
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
      if (mergesPages && length > 1) {
        addPiece(events, bytes, at, length);
      } else {
        MemorySegment.copy(bytes, PFN, at, pfns, 0, length);
        addCopied(events, length);
      }
      at += (long) length * Integer.BYTES;
    }
  }

  private void addPiece(BalloonEvents events, MemorySegment bytes, long at, int length) {
    kept = 0;
    int led = addLeadingRun(events, bytes, at, length);
    int left = length - led;
    if (left > 0) {
      long rest = at + (long) (led + kept) * Integer.BYTES;
      MemorySegment.copy(bytes, PFN, rest, pfns, kept, left - kept);
      addCopied(events, left);
    }
  }

  /**
   * Adds the run that PFNs begin with, in a booting guest nearly always all of them: they are
   * compared two at a time. The two that are not part of it are kept.
   *
   * @return how many PFNs it took: 0 if the first two are no run
   */
  private int addLeadingRun(BalloonEvents events, MemorySegment bytes, long at, int length) {
    long pair = bytes.get(PAIR, at);
    long head = pair & PFN_MASK;
    long step = (pair >>> Integer.SIZE) - head;
    if (Math.abs(step) != 1) {
      keep(pair);
      return 0;
    }
    // As far as the numbers go: beyond, one half of a pair would carry into the other.
    int pairs = (int) Math.min(length, step > 0 ? PFN_MASK - head + 1 : head + 1) / 2;
    long expected = pair;
    for (int next = 1; next < pairs; next++) {
      expected += step * TWO_A_HALF;
      pair = bytes.get(PAIR, at + (long) next * Long.BYTES);
      if (pair != expected) {
        keep(pair);
        return addLed(events, head, step, 2 * next);
      }
    }
    return addLed(events, head, step, 2 * pairs);
  }

  private void keep(long pair) {
    pfns[0] = (int) pair;
    pfns[1] = (int) (pair >>> Integer.SIZE);
    kept = 2;
  }

  private int addLed(BalloonEvents events, long head, long step, int count) {
    long from = step > 0 ? head : head + 1 - count;
    if (!addRun(events, from, from + count, step < 0)) {
      for (int i = 0; i < count; i++) {
        add(events, head + i * step);
      }
    }
    return count;
  }

  private void addCopied(BalloonEvents events, int length) {
    int count = mergesPages ? runs.find(pfns, 0, length) : 0;
    int from = mergesPages ? length : 0;
    for (int run = 0; run < count; run++) {
      if (!addRun(events, runs.firstPage(run), runs.endPage(run), runs.isDescending(run))) {
        from = runs.place(run);
        break;
      }
    }
    for (int at = from; at < length && !ignoresRest; at++) {
      add(events, Integer.toUnsignedLong(pfns[at]));
    }
  }

  /** Adds a run, unless it has to be looked at page by page. */
  private boolean addRun(BalloonEvents events, long from, long to, boolean descending) {
    if (!isInRegion(from) || to > regionEnd) {
      return false;
    }
    long head = descending ? to - 1 : from;
    if (goesUpTo(head) || goesDownTo(head)) {
      return carryOn(from, to, descending);
    }
    flush(events);
    first = from;
    end = to;
    if (to - from > 1) {
      direction = descending ? DOWN : UP;
    }
    return true;
  }

  /**
   * Makes a run whose first page carries on the pending one part of it, if the others do so too.
   */
  private boolean carryOn(long from, long to, boolean descending) {
    if (from == end && !descending) {
      end = to;
      direction = UP;
      return true;
    }
    if (to == first && (descending || to - from == 1)) {
      first = from;
      direction = DOWN;
      return true;
    }
    return false;
  }

  private boolean goesUpTo(long page) {
    return page == end && direction != DOWN && end != 0;
  }

  private boolean goesDownTo(long page) {
    return page + pagesPerPfn == first && direction != UP && end != 0;
  }

  void add(BalloonEvents events, long pfn) {
    if (!names(pfn)) {
      refuse(events, pfn);
    } else if (merge && goesUpTo(pfn)) {
      end += pagesPerPfn;
      direction = UP;
    } else if (merge && goesDownTo(pfn)) {
      first = pfn;
      direction = DOWN;
    } else {
      flush(events);
      first = pfn;
      end = pfn + pagesPerPfn;
    }
  }

  /** Passes on the run that is pending, if there is one. */
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

  /** Returns whether a page is RAM, and makes its region the one at hand. */
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
      mistakes.report(BalloonMistake.PAGE_OUTSIDE_MEMORY);
    } else {
      flush(events);
      mistakes.report(BalloonMistake.BAD_HUGE_PAGE);
      sink.badHugePage(events, pfn);
    }
  }
}
