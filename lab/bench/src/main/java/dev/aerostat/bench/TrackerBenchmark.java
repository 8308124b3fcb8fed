package dev.aerostat.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A whole stream into a balloon, or out of it. The score is the time of all its pages. */
@Fork(3) // What C2 inlines and makes vectors of differs from JVM to JVM.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TrackerBenchmark {
  /** What is tracked by what. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH runs load() first.
  public static class Subject {
    /** A name of {@link PageSets}. */
    @Param({
      "runs-only",
      "interval-tree",
      "bitmap",
      "interval-tree-found-runs",
      "bitmap-found-runs",
      "interval-tree-plain",
      "BitSet",
      "RoaringBitmap",
      "TreeMap",
      "TreeRangeSet"
    })
    public String tracker;

    /** A name of {@link Stream}. */
    @Param({
      "descending",
      "buddy",
      "fragmented",
      "m1-k61-boot",
      "m2-k612-boot",
      "m4-k61-boot",
      "m4-k612-boot",
      "m2-k612-frag"
    })
    public String stream;

    ComparedPageSet set;
    Stream messages;

    /** Reads or makes the stream. */
    @Setup(Level.Trial)
    public void load() {
      messages = Stream.named(stream);
      set = PageSets.named(tracker, messages.ram());
    }

    /**
     * Sees to it that what was timed is what is told: JMH makes an object of its own for each place
     * where a state is asked for.
     */
    void require(boolean inside) {
      int[] pfns = messages.deflate().pfns();
      long page = Integer.toUnsignedLong(pfns[pfns.length / 2]);
      if (!tracker.equals(PageSets.RUNS_ONLY) && set.endOfRun(page) > page != inside) {
        throw new IllegalStateException(
            "page 0x%x is %s the balloon of %s".formatted(page, inside ? "not in" : "in", tracker));
      }
    }
  }

  /** An empty balloon for each call. */
  public static class Empty extends Subject {
    /** Empties the balloon. */
    @Setup(Level.Invocation)
    public void empty() {
      set.clear();
      require(false);
    }

    /** Looks whether the call filled it. */
    @TearDown(Level.Invocation)
    public void check() {
      require(true);
    }
  }

  /** A full balloon for each call. */
  public static class Full extends Subject {
    /** Fills the balloon anew. */
    @Setup(Level.Invocation)
    public void fill() {
      set.clear();
      set.inflate(messages.inflate());
      require(true);
    }

    /** Looks whether the call emptied it. */
    @TearDown(Level.Invocation)
    public void check() {
      require(false);
    }
  }

  /** All inflate messages. */
  @Benchmark
  public ComparedPageSet inflate(Empty subject) {
    subject.set.inflate(subject.messages.inflate());
    return subject.set;
  }

  /** All deflate messages. */
  @Benchmark
  public ComparedPageSet deflate(Full subject) {
    subject.set.deflate(subject.messages.deflate());
    return subject.set;
  }
}
