package dev.aerostat.bench;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.balloon.virtio.device.IgnoredEvents;
import java.io.IOException;
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
import org.openjdk.jmh.annotations.TearDown;

/** An inflate message, from guest memory to the acknowledgement. */
@State(Scope.Thread)
@Fork(3) // What C2 inlines differs from JVM to JVM, and here that is a tenth.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH runs boot() first.
public class MessageBenchmark {
  /** A name of {@link Stream}. */
  @Param({"m1-k61-boot", "m2-k612-boot", "m4-k61-boot", "m4-k612-boot", "m2-k612-frag"})
  public String stream;

  /** A tracker of ours, by its name in {@link PageSets}. */
  @Param({"interval-tree", "bitmap"})
  public String tracker;

  private SparseMemory memory;
  private BenchDriver driver;
  private TrackingEvents events;
  private PlacedMessages messages;
  private int next;

  /** Sets the device up and writes all messages into guest memory. */
  @Setup
  public void boot() throws IOException {
    Stream recorded = Stream.named(stream);
    memory = SparseMemory.allocate(recorded.ram());
    driver = new BenchDriver(memory.guestMemory());
    messages = driver.place(recorded.inflate());
    var granules = Granules.of(memory.guestMemory(), UntouchedGuests.GRANULE_BYTES);
    events = new TrackingEvents(PageSets.tracker(tracker, granules));
  }

  /** Frees the guest's memory. */
  @TearDown
  public void end() {
    driver.end();
    memory.close();
  }

  private int nextMessage() {
    if (next == messages.count()) {
      next = 0;
      events.tracker.clear();
    }
    return next++;
  }

  /** Only reads the PFNs and finds the runs. */
  @Benchmark
  public long floor() {
    return messages.sumOfRuns(nextMessage());
  }

  /** Ring, codec, tracker, acknowledgement. */
  @Benchmark
  public long toAcknowledgement() {
    driver.send(BenchDriver.INFLATE, messages, nextMessage(), events);
    return events.tracker.pages();
  }

  /** A tracker behind a device, and nothing between them. */
  private static final class TrackingEvents implements IgnoredEvents {
    final BalloonTracker tracker;

    TrackingEvents(BalloonTracker tracker) {
      this.tracker = tracker;
    }

    @Override
    public void inflated(long firstPage, long endPage, boolean descending) {
      tracker.inflate(firstPage, endPage, descending);
    }

    @Override
    public void deflated(int token, long firstPage, long endPage) {
      tracker.deflate(firstPage, endPage);
    }
  }
}
