package dev.aerostat.bench;

import dev.aerostat.api.GuestRange;
import dev.aerostat.tracker.IntervalTreeTracker;
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

/** How the cost of a message of 256 pages grows with the guest. */
@State(Scope.Thread)
@Fork(1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH runs start() first.
public class ScaleBenchmark {
  /** GiB of guest memory: up to 16 TiB, less the hole. */
  @Param({"1", "16", "384", "4096", "16382"})
  public long memoryGib;

  private IntervalTreeTracker tracker;
  private GuestRange ram;
  private long end;
  private long pages;

  /** Makes an empty balloon. */
  @Setup
  public void start() {
    var ranges = UntouchedGuests.q35(memoryGib * UntouchedGuests.GIB);
    tracker = new IntervalTreeTracker(UntouchedGuests.untouched(ranges));
    ram = ranges.getLast();
    end = ram.endPage();
    pages = inflateDescending();
  }

  /** Descending through all of memory, then again, as Linux does within a block. */
  @Benchmark
  public long inflateDescending() {
    if (end == ram.firstPage()) {
      tracker.clear();
      end = ram.endPage();
    }
    pages += tracker.inflate(end - Messages.FULL, end, true);
    end -= Messages.FULL;
    return pages;
  }

  /** What to map after the most recent granule. */
  @Benchmark
  public int nextToMap() {
    return tracker.nextOlderGranule(tracker.mostRecentGranule());
  }
}
