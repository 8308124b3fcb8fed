package dev.aerostat.bench;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the engine asks, at random places of a balloon of equal runs. */
@State(Scope.Thread)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH runs fill() first.
public class QueryBenchmark {
  private static final int PLACES = 1 << 12;
  private static final long GRANULE_PAGES = 512;

  /** A name of {@link PageSets}. */
  @Param({"interval-tree", "bitmap", "BitSet", "TreeRangeSet"})
  public String tracker;

  /** GiB of guest memory. */
  @Param({"8", "384"})
  public long memoryGib;

  /** Runs in the balloon. */
  @Param({"1", "1000", "500000"})
  public int ranges;

  private ComparedPageSet set;
  private long[] places;
  private long quarter;
  private int next;

  /** Fills the balloon: runs with a gap of one page between them. */
  @Setup
  public void fill() {
    var ram = UntouchedGuests.q35(memoryGib * UntouchedGuests.GIB);
    set = PageSets.named(tracker, ram);
    long first = ram.getLast().firstPage();
    long pages = UntouchedGuests.pages(ram.getLast());
    Ranges.fill(set, first, pages, ranges);
    quarter = pages / 4;
    places = new Random(20).longs(PLACES, first, first + pages - GRANULE_PAGES).toArray();
  }

  private long place() {
    return places[next++ & (PLACES - 1)];
  }

  /** The end of a run. */
  @Benchmark
  public long endOfRun() {
    return set.endOfRun(place());
  }

  /** The ballooned pages of a quarter of memory. */
  @Benchmark
  public long pagesInQuarter() {
    long first = place() / 2;
    return set.pagesIn(first, first + quarter);
  }

  /** The ballooned pages of 2 MiB. */
  @Benchmark
  public long pagesInGranule() {
    long first = place();
    return set.pagesIn(first, first + GRANULE_PAGES);
  }
}
