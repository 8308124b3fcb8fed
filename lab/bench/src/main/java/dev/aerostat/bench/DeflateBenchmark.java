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
  private PlacedMessages inflate;
  private PlacedMessages deflate;

  /** Maps all memory and opens the gate. */
  @Setup
  public void boot() throws IOException {
    Stream recorded = Stream.named(stream);
    memory = SparseMemory.allocate(recorded.ram());
    driver = new BenchDriver(memory.guestMemory());
    inflate = driver.place(recorded.inflate());
    deflate = driver.place(recorded.deflate());
    var granules = Granules.of(memory.guestMemory(), UntouchedGuests.GRANULE_BYTES);
    var host = new MappedHost(driver.device::acknowledge);
    core = new EngineCore(granules, PageSets.tracker(tracker, granules), settings(), host);
    host.start(core);
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

  /** Inflates all that was ever inflated, so that every deflate finds its pages. */
  @Setup(Level.Invocation)
  public void fill() {
    for (int i = 0; i < inflate.count(); i++) {
      send(BenchDriver.INFLATE, inflate, i);
    }
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
    for (int i = 0; i < MESSAGES; i++) {
      send(BenchDriver.DEFLATE, deflate, i);
    }
    return core.balloonedPages();
  }

  private void send(int queue, PlacedMessages messages, int message) {
    driver.send(queue, messages, message, core);
    core.turnEnded();
  }
}
