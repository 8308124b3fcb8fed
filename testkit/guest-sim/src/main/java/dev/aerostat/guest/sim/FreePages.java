package dev.aerostat.guest.sim;

import java.util.Arrays;

/**
 * The guest's page allocator, as far as a balloon sees it: what was freed last is allocated first,
 * and neighbours that are freed one after the other merge; before anything was freed it follows the
 * order of boot. A run is given out upwards. Addresses are in balloon pages.
 */
final class FreePages {
  private final BootOrder untouched;
  private long untouchedStart;
  private long untouchedEnd;
  private long[] starts = new long[16];
  private long[] ends = new long[16];
  private int freed;
  private long count;

  /** Owns {@code count} pages, those of {@code untouched}. */
  FreePages(BootOrder untouched, long count) {
    this.untouched = untouched;
    this.count = count;
  }

  /** Free pages. */
  long count() {
    return count;
  }

  /** Allocates up to {@code wanted} pages, in order of allocation. */
  void take(int wanted, RunList taken) {
    int left = (int) Math.min(wanted, count);
    count -= left;
    while (left > 0) {
      left -= freed > 0 ? takeFreed(left, taken) : takeUntouched(left, taken);
    }
  }

  private int takeFreed(int wanted, RunList taken) {
    int top = freed - 1;
    int run = (int) Math.min(wanted, ends[top] - starts[top]);
    taken.add(starts[top], run);
    starts[top] += run;
    if (starts[top] == ends[top]) {
      freed--;
    }
    return run;
  }

  private int takeUntouched(int wanted, RunList taken) {
    if (untouchedStart == untouchedEnd && untouched.advance()) {
      untouchedStart = untouched.start();
      untouchedEnd = untouched.end();
    }
    int run = (int) Math.min(wanted, untouchedEnd - untouchedStart);
    taken.add(untouchedStart, run);
    untouchedStart += run;
    return run;
  }

  /** Frees {@code run} pages from {@code start} on. */
  void give(long start, int run) {
    count += run;
    long end = start + run;
    int top = freed - 1;
    if (top >= 0 && starts[top] == end) {
      starts[top] = start;
    } else if (top >= 0 && ends[top] == start) {
      ends[top] = end;
    } else {
      push(start, end);
    }
  }

  private void push(long start, long end) {
    if (freed == starts.length) {
      starts = Arrays.copyOf(starts, 2 * freed);
      ends = Arrays.copyOf(ends, 2 * freed);
    }
    starts[freed] = start;
    ends[freed++] = end;
  }
}
