package dev.aerostat.api;

import java.util.Objects;

/**
 * Finds the runs in page frame numbers (PFNs), as a balloon driver puts them into a message: each
 * run is as long as the next PFN carries it on in the direction that its second one gave it, up or
 * down, by one page. What it found last can be asked for, run by run, as long as the array is not
 * written.
 *
 * <p>Time: a pass for PFNs that are a single run, which nearly all messages of a booting Linux
 * guest are, and little more for a few long runs. Where runs are short, their ends are found
 * without a branch for the processor to guess.
 *
 * <p>Not thread-safe. Allocates nothing once it is made.
 */
public final class PfnRuns {
  private static final int[] NO_PFNS = {};

  private static final int MOST = 1 << 30;

  /** Pages of a run whose end is not worth a guess, once this many in a row are shorter. */
  private static final int SHORT = 16;

  private static final int FEW = 2;

  private int[] pfns = NO_PFNS;
  private int count;

  /** Place of each run's last PFN, after the place before the first run's first PFN. */
  private final int[] lasts;

  /**
   * Makes room.
   *
   * @param most how many PFNs it can be given at a time, 1 to 2^30; it takes 4 bytes for each
   * @throws IllegalArgumentException if {@code most} is outside that range
   */
  public PfnRuns(int most) {
    if (most < 1 || most > MOST) {
      throw new IllegalArgumentException(
          "room for %d PFNs: expected 1 to %d".formatted(most, MOST));
    }
    this.lasts = new int[most + 1];
  }

  /**
   * Finds all runs of a part of an array.
   *
   * @param pfns page numbers in 4 KiB units, each from 0 to 2^32 - 1 as an unsigned number; kept,
   *     not copied
   * @param from place of the first
   * @param to place after the last
   * @return how many runs there are: 0 to {@code to - from}
   * @throws IndexOutOfBoundsException if the part is not within the array
   * @throws IllegalArgumentException if it has more PFNs than there is room for
   */
  public int find(int[] pfns, int from, int to) {
    Objects.checkFromToIndex(from, to, pfns.length);
    if (to - from >= lasts.length) {
      throw new IllegalArgumentException(
          "%d PFNs at a time: there is room for %d".formatted(to - from, lasts.length - 1));
    }
    this.pfns = pfns;
    lasts[0] = from - 1;
    if (to - from < 2) {
      count = to - from;
      lasts[count] = to - 1;
    } else if (isRun(pfns, from, to)) {
      lasts[1] = to - 1;
      count = 1;
    } else {
      count = findAll(from, to);
      if (!areRuns()) {
        count = findOneByOne(from, to);
      }
    }
    return count;
  }

  /** Says whether two PFNs and more are a run: the usual case, told without a branch for each. */
  private static boolean isRun(int[] pfns, int from, int to) {
    int head = pfns[from];
    int step = pfns[from + 1] - head;
    int distance = to - 1 - from;
    if (Math.abs(step) != 1 || !isFarFrom(head, pfns[to - 1], distance)) {
      return false;
    }
    int wrong = 0;
    // In this form, counted from 0 and with a product, HotSpot's C2 turns it into vectors.
    for (int i = 0; i <= distance; i++) {
      wrong |= pfns[from + i] ^ (head + i * step);
    }
    return wrong == 0;
  }

  private static boolean isFarFrom(int head, int tail, int distance) {
    return Math.abs(Integer.toUnsignedLong(tail) - Integer.toUnsignedLong(head)) == distance;
  }

  /**
   * Finds chains of PFNs that are one page from the one before: one by one while they are long; as
   * soon as a few in a row are short, all others at once.
   */
  private int findAll(int from, int to) {
    int chains = 0;
    int shortOnes = 0;
    int at = from;
    while (at < to && shortOnes < FEW) {
      int end = endOfChain(pfns, at, to);
      chains++;
      lasts[chains] = end - 1;
      shortOnes = end - at < SHORT ? shortOnes + 1 : 0;
      at = end;
    }
    return at == to ? chains : findAllOthers(chains, at, to);
  }

  private static int endOfChain(int[] pfns, int from, int to) {
    int at = from + 1;
    if (at < to) {
      int step = pfns[at] - pfns[from];
      if (step == 1 || step == -1) {
        do {
          at++;
        } while (at < to && pfns[at] - pfns[at - 1] == step);
      }
    }
    return at;
  }

  private int findAllOthers(int found, int from, int to) {
    int chains = found + 1;
    int before = pfns[from];
    lasts[chains] = from;
    for (int at = from + 1; at < to; at++) {
      int pfn = pfns[at];
      // A step of 1 or -1 is 0 here; all others are made 1 without a branch.
      int other = (pfn - before + 1) & ~2;
      chains += (int) (-Integer.toUnsignedLong(other) >>> 63);
      lasts[chains] = at;
      before = pfn;
    }
    return chains;
  }

  /** Says whether no chain turns back, or goes on from the greatest number to 0. */
  private boolean areRuns() {
    long wrong = 0;
    for (int run = 0; run < count; run++) {
      int distance = lasts[run + 1] - lasts[run] - 1;
      wrong |= Math.abs(tail(run) - head(run)) ^ distance;
    }
    return wrong == 0;
  }

  private int findOneByOne(int from, int to) {
    int runs = 0;
    int at = from;
    while (at < to) {
      at = endOfRun(at, to);
      runs++;
      lasts[runs] = at - 1;
    }
    return runs;
  }

  private int endOfRun(int from, int to) {
    int at = from + 1;
    if (at < to) {
      long step = pfn(at) - pfn(from);
      if (Math.abs(step) == 1) {
        at++;
        while (at < to && pfn(at) - pfn(at - 1) == step) {
          at++;
        }
      }
    }
    return at;
  }

  private long pfn(int at) {
    return Integer.toUnsignedLong(pfns[at]);
  }

  private long head(int run) {
    return pfn(lasts[run] + 1);
  }

  private long tail(int run) {
    return pfn(lasts[run + 1]);
  }

  /**
   * Gives the place of a run's first PFN.
   *
   * @param run 0 to the number of runs, exclusive
   * @return an index of the array
   * @throws IndexOutOfBoundsException if there is no such run
   */
  public int place(int run) {
    return lasts[Objects.checkIndex(run, count)] + 1;
  }

  /**
   * Gives the lowest page of a run.
   *
   * @param run 0 to the number of runs, exclusive
   * @return page number in 4 KiB units
   * @throws IndexOutOfBoundsException if there is no such run
   */
  public long firstPage(int run) {
    Objects.checkIndex(run, count);
    return Math.min(head(run), tail(run));
  }

  /**
   * Gives the page after the highest of a run.
   *
   * @param run 0 to the number of runs, exclusive
   * @return page number in 4 KiB units
   * @throws IndexOutOfBoundsException if there is no such run
   */
  public long endPage(int run) {
    Objects.checkIndex(run, count);
    return Math.max(head(run), tail(run)) + 1;
  }

  /**
   * Says whether a run names its highest page first.
   *
   * @param run 0 to the number of runs, exclusive
   * @return true if it does; false for a run of one page
   * @throws IndexOutOfBoundsException if there is no such run
   */
  public boolean isDescending(int run) {
    Objects.checkIndex(run, count);
    return tail(run) < head(run);
  }
}
