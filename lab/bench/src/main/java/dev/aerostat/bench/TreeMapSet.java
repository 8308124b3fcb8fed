package dev.aerostat.bench;

import java.util.Map;
import java.util.TreeMap;

/** Disjoint, merged runs in a {@link TreeMap}, from first page to end: what one writes by hand. */
final class TreeMapSet extends RunSet {
  private final TreeMap<Long, Long> runs = new TreeMap<>();

  @Override
  void add(long first, long end, boolean descending) {
    long from = first;
    long to = end;
    Map.Entry<Long, Long> run = runs.floorEntry(to);
    while (run != null && run.getValue() >= from) {
      from = Math.min(from, run.getKey());
      to = Math.max(to, run.getValue());
      runs.remove(run.getKey());
      run = runs.floorEntry(to);
    }
    runs.put(from, to);
  }

  @Override
  void remove(long first, long end) {
    Map.Entry<Long, Long> run = runs.lowerEntry(end);
    while (run != null && run.getValue() > first) {
      long from = run.getKey();
      long to = run.getValue();
      runs.remove(from);
      if (to > end) {
        runs.put(end, to);
      }
      if (from < first) {
        runs.put(from, first);
        return;
      }
      run = runs.lowerEntry(end);
    }
  }

  @Override
  public void clear() {
    runs.clear();
  }

  @Override
  public long endOfRun(long page) {
    Map.Entry<Long, Long> run = runs.floorEntry(page);
    return run == null ? page : Math.max(page, run.getValue());
  }

  @Override
  public long pagesIn(long first, long end) {
    Map.Entry<Long, Long> before = runs.floorEntry(first);
    long count = before == null ? 0 : Math.max(0, Math.min(end, before.getValue()) - first);
    for (Map.Entry<Long, Long> run : runs.subMap(first, false, end, false).entrySet()) {
      count += Math.min(end, run.getValue()) - run.getKey();
    }
    return count;
  }
}
