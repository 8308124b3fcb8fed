package dev.aerostat.bench;

/**
 * A set that is told runs of pages. All such sets but {@link TrackerSet} share the loop that finds
 * the runs of a message, so its time is in each of their figures.
 */
abstract class RunSet implements ComparedPageSet {
  abstract void add(long first, long end, boolean descending);

  abstract void remove(long first, long end);

  @Override
  public void inflate(int[] pfns, int from, int to) {
    int at = from;
    while (at < to) {
      int next = endOfRun(pfns, at, to);
      int head = pfns[at];
      int tail = pfns[next - 1];
      add(Math.min(head, tail), Math.max(head, tail) + 1L, tail < head);
      at = next;
    }
  }

  @Override
  public void deflate(int[] pfns, int from, int to) {
    int at = from;
    while (at < to) {
      int next = endOfRun(pfns, at, to);
      int head = pfns[at];
      int tail = pfns[next - 1];
      remove(Math.min(head, tail), Math.max(head, tail) + 1L);
      at = next;
    }
  }

  @Override
  public final void fill(long first, long end) {
    add(first, end, false);
  }

  private static int endOfRun(int[] pfns, int at, int to) {
    int next = at + 1;
    if (next < to) {
      int step = pfns[next] - pfns[at];
      if (step == 1 || step == -1) {
        do {
          next++;
        } while (next < to && pfns[next] - pfns[next - 1] == step);
      }
    }
    return next;
  }
}
