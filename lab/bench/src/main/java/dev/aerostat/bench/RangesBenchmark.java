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

/** How the cost of a page grows with the ranges of a balloon in 384 GiB. */
@State(Scope.Thread)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH runs fill() first.
public class RangesBenchmark {
  private static final int PLACES = 1 << 16;

  /** A name of {@link PageSets}. */
  @Param({"interval-tree", "bitmap", "BitSet", "RoaringBitmap"})
  public String tracker;

  /** Runs in the balloon. */
  @Param({"1", "1000", "100000", "10000000"})
  public int ranges;

  private ComparedPageSet set;
  private int[] places;
  private int next;

  /** Fills the balloon. */
  @Setup
  public void fill() {
    var ram = UntouchedGuests.q35(384 * UntouchedGuests.GIB);
    set = PageSets.named(tracker, ram);
    int first = (int) ram.getLast().firstPage();
    int pages = (int) UntouchedGuests.pages(ram.getLast());
    Ranges.fill(set, first, pages, ranges);
    places = new Random(20).ints(PLACES, first, first + pages).toArray();
  }

  /** Takes a page out at a random place and puts it back. */
  @Benchmark
  public ComparedPageSet deflateAndInflate() {
    int at = next++ & (PLACES - 1);
    set.deflate(places, at, at + 1);
    set.inflate(places, at, at + 1);
    return set;
  }
}
