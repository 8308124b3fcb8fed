package dev.aerostat.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A whole stream into a balloon, or out of it. The score is the time of all its pages. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TrackerBenchmark {
  /** What is tracked by what. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH runs load() first.
  public static class Subject {
    /** A name of {@link PageSets}. */
    @Param({"runs-only", "aerostat", "BitSet", "RoaringBitmap", "TreeMap", "TreeRangeSet"})
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

    PageSet set;
    Stream messages;

    /** Reads or makes the stream. */
    @Setup(Level.Trial)
    public void load() {
      messages = Stream.named(stream);
      set = PageSets.named(tracker, messages.ram());
    }
  }

  /** An empty balloon for each call. */
  @State(Scope.Thread)
  public static class Empty {
    /** Empties the balloon. */
    @Setup(Level.Invocation)
    public void empty(Subject subject) {
      subject.set.clear();
    }
  }

  /** A full balloon for each call. */
  @State(Scope.Thread)
  public static class Full {
    /** Fills the balloon anew. */
    @Setup(Level.Invocation)
    public void fill(Subject subject) {
      subject.set.clear();
      subject.set.inflate(subject.messages.inflate());
    }
  }

  /** All inflate messages. */
  @Benchmark
  public PageSet inflate(Subject subject, Empty empty) {
    subject.set.inflate(subject.messages.inflate());
    return subject.set;
  }

  /** All deflate messages. */
  @Benchmark
  public PageSet deflate(Subject subject, Full full) {
    subject.set.deflate(subject.messages.deflate());
    return subject.set;
  }
}
