package dev.aerostat.api;

import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Finds the runs in page frame numbers (PFNs), as a balloon driver puts them into a message: each
 * run is as long as the next PFN carries it on in the direction that its second one gave it, up or
 * down, by one page. What it found last can be asked for, run by run, whatever becomes of the
 * array.
 *
 * <p>Time: a pass for PFNs that are a single run, which nearly all messages of a booting Linux
 * guest are, and little more for a few long runs. Where those of the last PFNs were short, the ends
 * of the next are found without a branch for the processor to guess.
 *
 * <p>Not thread-safe. Allocates nothing once it is made.
 */
public final class PfnRuns {
  private static final int MOST = 1 << 30;

  /** Pages of a run, on average, whose end is worth a guess: a wrong one costs as much as these. */
  private static final int LONG = 10;

  /** What {@link #findChains} answers when not all of them are runs. */
  private static final int NO_RUNS = -1;

  /** PFNs compared at a time: as many as a message of Linux's driver has. */
  private static final int PIECE = 256;

  /**
   * How far each PFN of a piece is from the first, in a run that goes up and in one that goes down.
   */
  private static final int[] UP = IntStream.range(0, PIECE).toArray();

  private static final int[] DOWN = IntStream.range(0, PIECE).map(i -> -i).toArray();

  private final ChainBreaks breaks = new ChainBreaks();

  /** Each as {@link #run} makes it. */
  private final long[] runs;

  private int from;
  private int count;

  /** Whether the last runs that were found were short: those to come may be, too. */
  private boolean areShort;

  /**
   * Creates room.
   *
   * @param most how many PFNs it can be given at a time, 1 to 2^30; it takes 8 bytes for each
   * @throws IllegalArgumentException if {@code most} is outside that range
   */
  public PfnRuns(int most) {
    if (most < 1 || most > MOST) {
      throw new IllegalArgumentException(
          "room for %d PFNs: expected 1 to %d".formatted(most, MOST));
    }
    this.runs = new long[most];
  }

  /**
   * Finds all runs of a part of an array.
   *
   * @param pfns page numbers in 4 KiB units, each from 0 to 2^32 - 1 as an unsigned number
   * @param from place of the first
   * @param to place after the last
   * @return how many runs there are: 0 to {@code to - from}
   * @throws IndexOutOfBoundsException if the part is not within the array
   * @throws IllegalArgumentException if it has more PFNs than there is room for
   */
  public int find(int[] pfns, int from, int to) {
    Objects.checkFromToIndex(from, to, pfns.length);
    if (to - from > runs.length) {
      throw new IllegalArgumentException(
          "%d PFNs at a time: there is room for %d".formatted(to - from, runs.length));
    }
    this.from = from;
    if (to == from) {
      count = 0;
    } else if (isRun(pfns, from, to)) {
      runs[0] = run(pfns, from, to - 1);
      count = 1;
    } else {
      int chains = areShort ? findChains(pfns, from, to) : NO_RUNS;
      count = chains == NO_RUNS ? findOneByOne(pfns, from, to) : chains;
      areShort = count > (to - from) / LONG;
    }
    return count;
  }

  /** Puts a run into a number: its lowest page, its pages less one, and 1 if it goes down. */
  private static long run(int[] pfns, int begin, int last) {
    int step = pfns[last] - pfns[begin];
    int lowest = pfns[begin] + (step & (step >> 31));
    return (long) lowest << 32 | (long) (last - begin) << 1 | step >>> 31;
  }

  /** Returns whether PFNs are one run: the usual case, told without a branch for each. */
  private static boolean isRun(int[] pfns, int from, int to) {
    if (to - from == 1) {
      return true;
    }
    int head = pfns[from];
    int step = pfns[from + 1] - head;
    int last = to - 1 - from;
    if (Math.abs(step) != 1 || Math.abs(distance(pfns, from, to - 1)) != last) {
      return false;
    }
    int[] distances = step == 1 ? UP : DOWN;
    if (last < PIECE) { // One piece has no loop around it: that is measurably faster.
      return misplaced(pfns, from, to, distances) == 0;
    }
    int wrong = 0;
    for (int at = from; at < to; at += PIECE) {
      wrong |= pfns[at] ^ (head + (at - from) * step);
      wrong |= misplaced(pfns, at, Math.min(at + PIECE, to), distances);
    }
    return wrong == 0;
  }

  /** Returns 0 if each PFN of a piece is as far from the first as a run has it. */
  private static int misplaced(int[] pfns, int from, int to, int[] distances) {
    int head = pfns[from];
    int wrong = 0;
    // In this form, counted from 0, HotSpot's C2 turns it into vectors.
    for (int i = 0; i < to - from; i++) {
      wrong |= (pfns[from + i] - distances[i]) ^ head;
    }
    return wrong;
  }

  /**
   * Finds chains of PFNs that are one page from the one before.
   *
   * @return how many, or {@link #NO_RUNS} if one of them is not a run
   */
  private int findChains(int[] pfns, int from, int to) {
    int chains = 0;
    int begin = from;
    long wrong = 0;
    for (int at = from + 1; at < to; at += ChainBreaks.MOST) {
      int end = Math.min(at + ChainBreaks.MOST, to);
      breaks.find(pfns, at, end);
      for (int place = at; place < end; place += Long.SIZE) {
        for (long word = breaks.word(place); word != 0; word &= word - 1) {
          int next = place + Long.numberOfTrailingZeros(word);
          wrong |= wrong(pfns, begin, next - 1);
          runs[chains] = run(pfns, begin, next - 1);
          chains++;
          begin = next;
        }
      }
    }
    wrong |= wrong(pfns, begin, to - 1);
    runs[chains] = run(pfns, begin, to - 1);
    return wrong == 0 ? chains + 1 : NO_RUNS;
  }

  /** Returns 0 if a chain goes one way only, and not from the greatest number on to 0 or back. */
  private static long wrong(int[] pfns, int begin, int last) {
    int step = pfns[last] - pfns[begin];
    long end = Integer.toUnsignedLong(pfns[begin]) + step;
    return (Math.abs(step) ^ (last - begin)) | (end >>> 32);
  }

  private int findOneByOne(int[] pfns, int from, int to) {
    int found = 0;
    int at = from;
    while (at < to) {
      int end = endOfRun(pfns, at, to);
      runs[found] = run(pfns, at, end - 1);
      found++;
      at = end;
    }
    return found;
  }

  private static int endOfRun(int[] pfns, int from, int to) {
    int at = from + 1;
    if (at < to) {
      long step = distance(pfns, from, at);
      if (step == 1 || step == -1) {
        do {
          at++;
        } while (at < to && distance(pfns, at - 1, at) == step);
      }
    }
    return at;
  }

  /** Returns how far up the PFN at one place is from that at another. */
  private static long distance(int[] pfns, int from, int at) {
    return Integer.toUnsignedLong(pfns[at]) - Integer.toUnsignedLong(pfns[from]);
  }

  private long found(int run) {
    return runs[Objects.checkIndex(run, count)];
  }

  private static int pages(long run) {
    return ((int) run >>> 1) + 1;
  }

  /**
   * Returns the place of a run's first PFN, in time that grows with the runs before it.
   *
   * @param run 0 to the number of runs, exclusive
   * @return an index of the array
   * @throws IndexOutOfBoundsException if there is no such run
   */
  public int place(int run) {
    Objects.checkIndex(run, count);
    int place = from;
    for (int before = 0; before < run; before++) {
      place += pages(runs[before]);
    }
    return place;
  }

  /**
   * Returns the lowest page of a run.
   *
   * @param run 0 to the number of runs, exclusive
   * @return page number in 4 KiB units
   * @throws IndexOutOfBoundsException if there is no such run
   */
  public long firstPage(int run) {
    return found(run) >>> 32;
  }

  /**
   * Returns the page after the highest of a run.
   *
   * @param run 0 to the number of runs, exclusive
   * @return page number in 4 KiB units
   * @throws IndexOutOfBoundsException if there is no such run
   */
  public long endPage(int run) {
    return (found(run) >>> 32) + pages(found(run));
  }

  /**
   * Returns whether a run names its highest page first.
   *
   * @param run 0 to the number of runs, exclusive
   * @return true if it does; false for a run of one page
   * @throws IndexOutOfBoundsException if there is no such run
   */
  public boolean isDescending(int run) {
    return ((int) found(run) & 1) != 0;
  }
}
