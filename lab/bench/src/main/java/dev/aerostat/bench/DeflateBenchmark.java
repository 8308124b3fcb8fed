package dev.aerostat.bench;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Granules;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.engine.core.EngineCore;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A deflate message of mapped pages, through device and engine to the acknowledgement. A call takes
 * the first {@value #MESSAGES} of a recording, one at a time.
 */
@State(Scope.Thread)
@Fork(3) // What C2 inlines differs from JVM to JVM, and here that is a tenth.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH runs boot() first.
public class DeflateBenchmark {
  static final int MESSAGES = 500;

  /** A name of {@link Stream}. */
  @Param({"m1-k61-boot", "m4-k612-boot", "m2-k612-frag"})
  public String stream;

  /** A tracker of ours, by its name in {@link PageSets}. */
  @Param({"interval-tree", "bitmap"})
  public String tracker;

  private SparseMemory memory;
  private BenchDriver driver;
  private EngineCore core;
  private PlacedMessages deflate;
  private PlacedMessages again;

  /** Maps all memory and opens the gate. */
  @Setup
  public void boot() throws IOException {
    Stream recorded = Stream.named(stream);
    memory = SparseMemory.allocate(recorded.ram());
    driver = new BenchDriver(memory.guestMemory());
    PlacedMessages inflate = driver.place(recorded.inflate());
    deflate = driver.place(recorded.deflate());
    again = driver.place(recorded.deflate().reversed());
    var granules = Granules.of(memory.guestMemory(), UntouchedGuests.GRANULE_BYTES);
    var host = new MappedHost(driver.device::acknowledge);
    core = new EngineCore(granules, PageSets.tracker(tracker, granules), settings(), host);
    host.start(core);
    sendAll(BenchDriver.INFLATE, inflate, 0, inflate.count());
    sendAll(BenchDriver.DEFLATE, deflate, 0, MESSAGES);
  }

  private static CoreSettings settings() {
    return new CoreSettings(
        true,
        true,
        0,
        1,
        false,
        UntouchedGuests.GRANULE_BYTES >> 12,
        MapFailurePolicy.HOLD,
        EarlyDmaPolicy.HOLD,
        ResetPolicy.HOLD_STATUS);
  }

  /** Inflates what is deflated next, as a driver does: the last first. */
  @Setup(Level.Invocation)
  public void fill() {
    sendAll(BenchDriver.INFLATE, again, again.count() - MESSAGES, again.count());
  }

  /** Frees the guest's memory. */
  @TearDown
  public void end() {
    driver.end();
    memory.close();
  }

  /** Message by message, each acknowledged before the next. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long toAcknowledgement() {
    sendAll(BenchDriver.DEFLATE, deflate, 0, MESSAGES);
    return core.balloonedPages();
  }

  private void sendAll(int queue, PlacedMessages messages, int first, int end) {
    for (int message = first; message < end; message++) {
      driver.send(queue, messages, message, core);
      core.turnEnded();
    }
  }
}
