package dev.aerostat.bench;

/** Finds the runs and only sums them up. */
final class RunsOnly extends RunSet {
  private long sum;

  @Override
  void add(long first, long end, boolean descending) {
    sum += descending ? end - first : end ^ first;
  }

  @Override
  void remove(long first, long end) {
    sum -= end ^ first;
  }

  @Override
  public void clear() {
    sum = 0;
  }

  @Override
  public long endOfRun(long page) {
    return page + sum;
  }

  @Override
  public long pagesIn(long first, long end) {
    return sum;
  }
}
