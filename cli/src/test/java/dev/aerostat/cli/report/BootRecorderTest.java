package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Progress;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.simulation.Boot;
import dev.aerostat.simulation.BootEvent;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.Variant;
import dev.aerostat.simulation.Withholding;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BootRecorderTest {
  private static final long MIB = 1 << 20;
  private static final long MEMORY = 256 * MIB;

  private static BootScenario scenario(GuestBehaviour guest, Variant variant, long balloonPage) {
    return new BootScenario(
        MEMORY, 64 * MIB, balloonPage, variant, guest, "sim", Map.of(), 1, 20_000_000, 0);
  }

  private record Recorded(BootReport report, BootRecord record) {}

  private static Recorded boot(BootScenario scenario) throws Exception {
    var recorder = new BootRecorder(BootWatcher.none());
    BootReport report = Boot.run(scenario, recorder);
    return new Recorded(report, recorder.record());
  }

  @Test
  void aBootEndsWithAllMemoryMappedAndGuestOwned() throws Exception {
    Recorded boot = boot(scenario(GuestBehaviour.LINUX, Variant.ASYNC, 2 * MIB));
    List<SampledRun.Timed> samples = boot.record.samples();
    assertEquals(new MemorySample(0, 0, 0, "u128"), samples.getFirst().sample());
    assertEquals(new MemorySample(MEMORY, 0, 0, "m128"), samples.getLast().sample());
    assertEquals(128, boot.record.rows());
    assertEquals(List.of(new GuestRange(0, MEMORY)), boot.record.regions());
    assertEquals(20_000_100, boot.record.driverNanos().orElseThrow());
  }

  @Test
  void whatTheVmmDoesAfterTheBootIsNoPartOfIt() throws Exception {
    Recorded boot = boot(scenario(GuestBehaviour.LINUX, Variant.ASYNC, 2 * MIB));
    long end = boot.record.samples().getLast().nanos();
    assertTrue(end >= boot.report.timeline().balloonEmptyNanos().orElseThrow());
    assertTrue(end < boot.report.timeline().balloonEmptyNanos().orElseThrow() + 5_000_000);
  }

  @Test
  void theGateOpensWhenTheReportSays() throws Exception {
    Recorded boot = boot(scenario(GuestBehaviour.LINUX, Variant.ASYNC, 2 * MIB));
    assertEquals(1, boot.record.gate().size());
    assertTrue(boot.record.gate().getFirst().open());
    assertEquals(
        (double) boot.report.timeline().dmaReadyNanos().orElseThrow(),
        (double) boot.record.gate().getFirst().nanos(),
        1_000);
  }

  @ParameterizedTest
  @EnumSource(
      value = GuestBehaviour.class,
      names = {"LINUX", "PRESSURED", "STALLS", "NONE", "FLOOD_CHURN", "FLOOD_RESETS"})
  void everyDeflateMessageWaitsInOneBinAndTheLongestInTheLast(GuestBehaviour guest)
      throws Exception {
    Recorded boot =
        boot(scenario(guest, new Variant(true, guest != GuestBehaviour.LINUX, true), 4096));
    List<WaitHistogram.Bin> waits = boot.record.waits();
    OptionalLong longest = boot.report.deflate().ackNanosMax();
    assertEquals(longest.isEmpty(), waits.isEmpty());
    if (longest.isPresent()) {
      assertTrue(waits.getLast().upToNanos().orElseThrow() >= longest.getAsLong());
      assertTrue(
          waits.size() == 1
              || waits.get(waits.size() - 2).upToNanos().orElseThrow() < longest.getAsLong());
    }
    if (guest == GuestBehaviour.LINUX || guest == GuestBehaviour.PRESSURED) {
      assertEquals(
          boot.report.deflate().messages(),
          waits.stream().mapToLong(WaitHistogram.Bin::messages).sum());
    }
  }

  @Test
  void whatTheGuestHasNotPluggedIsWithheldUntilItHas() throws Exception {
    Recorded boot =
        boot(
            scenario(GuestBehaviour.LINUX, Variant.ASYNC, 4096)
                .withWithholding(Withholding.VIRTIO_MEM));
    List<SampledRun.Timed> samples = boot.record.samples();
    assertEquals(new MemorySample(0, 128 * MIB, 0, "u64b64"), samples.getFirst().sample());
    MemorySample last = samples.getLast().sample();
    assertEquals(MEMORY, last.mappedBytes());
    assertEquals(0, last.balloonedBytes());
    assertEquals(OptionalLong.of(20_000_000), boot.record.driverNanos());
  }

  @Test
  void theTimeUntilTheGateOpensIsSampledDenselyInALongBootToo() throws Exception {
    var recorder = new BootRecorder(BootWatcher.none());
    BootReport report =
        Boot.run(
            new BootScenario(
                8L << 30,
                1L << 30,
                2 * MIB,
                Variant.ASYNC,
                GuestBehaviour.LINUX,
                "sim",
                Map.of(),
                1,
                1_000_000,
                0),
            recorder);
    long ready = report.timeline().dmaReadyNanos().orElseThrow();
    assertTrue(report.timeline().fullyMappedNanos().orElseThrow() > 4 * ready, "a long boot");
    List<SampledRun.Timed> samples = recorder.record().samples();
    assertTrue(
        samples.stream().filter(timed -> timed.nanos() < ready).count() >= SampledRun.MOST / 8);
    assertTrue(samples.size() <= 2 * SampledRun.MOST);
    for (int i = 1; i < samples.size(); i++) {
      assertTrue(samples.get(i).nanos() > samples.get(i - 1).nanos(), "in order");
    }
  }

  @ParameterizedTest
  @EnumSource(GuestBehaviour.class)
  void whateverTheGuestDoesNoSampleHoldsMoreThanItsMemory(GuestBehaviour guest) throws Exception {
    Recorded boot = boot(scenario(guest, Variant.ASYNC, 4096));
    for (SampledRun.Timed timed : boot.record.samples()) {
      MemorySample sample = timed.sample();
      assertTrue(sample.mappedBytes() <= MEMORY, sample::toString);
      assertTrue(sample.balloonedBytes() + sample.leavingBytes() <= MEMORY, sample::toString);
      assertTrue(
          LongStream.of(sample.mappedBytes(), sample.balloonedBytes(), sample.leavingBytes())
              .allMatch(bytes -> bytes >= 0),
          sample::toString);
    }
    assertTrue(boot.record.samples().size() <= 2 * SampledRun.MOST);
    assertTrue(boot.record.gate().size() <= BootRecorder.MOST_GATE_MOVES);
  }

  @Test
  void theWatcherBehindHearsAllThatItWouldHaveHeard() throws Exception {
    var direct = new Heard();
    var behind = new Heard();
    BootScenario scenario = scenario(GuestBehaviour.PRESSURED, Variant.ASYNC, 4096);
    Boot.run(scenario, direct);
    Boot.run(scenario, new BootRecorder(behind));
    assertEquals(direct.log.toString(), behind.log.toString());
    assertTrue(direct.log.toString().contains("started"), "something was heard");
  }

  private static final class Heard implements BootWatcher {
    private final StringBuilder log = new StringBuilder();

    @Override
    public void started(GuestMemory memory) {
      log.append("started ").append(memory).append('\n');
    }

    @Override
    public void progressed(long nowNanos, Progress progress) {
      log.append(nowNanos).append(' ').append(progress).append('\n');
    }

    @Override
    public void happened(long nowNanos, BootEvent event, long where, long bytes, long amount) {
      log.append(nowNanos).append(' ').append(event).append(where + bytes + amount).append('\n');
    }

    @Override
    public void deflateReturned(long waitNanos) {
      log.append(waitNanos).append('\n');
    }
  }

  @Test
  void inRealTimeTotalsAreAllThatIsKnown() throws Exception {
    try (SparseMemory memory = SparseMemory.allocate(List.of(GuestRange.ofLength(0, 64 * MIB)))) {
      var recorder = new BootRecorder(BootWatcher.none());
      recorder.started(memory.guestMemory());
      recorder.progressed(1_000, new Progress(64 * MIB, 0, 8 * MIB, 8 * MIB, false));
      recorder.progressed(5_000, new Progress(64 * MIB, 56 * MIB, 8 * MIB, 8 * MIB, true));
      recorder.progressed(9_000, new Progress(64 * MIB, 56 * MIB, 8 * MIB, 8 * MIB, true));
      BootRecord record = recorder.record();
      assertEquals(0, record.rows());
      assertEquals(List.of(new BootRecord.GateMove(5_000, true)), record.gate());
      assertEquals(
          new SampledRun.Timed(5_000, new MemorySample(56 * MIB, 8 * MIB, 0, "")),
          record.samples().getLast(),
          "nothing changes after that");
      assertEquals(6, record.samples().size());
    }
  }

  @Test
  void aGateThatMovesForEverIsRecordedForAWhile() throws Exception {
    try (SparseMemory memory = SparseMemory.allocate(List.of(GuestRange.ofLength(0, 64 * MIB)))) {
      var recorder = new BootRecorder(BootWatcher.none());
      recorder.started(memory.guestMemory());
      for (long now = 0; now < 10_000; now++) {
        recorder.progressed(now, new Progress(64 * MIB, 0, 0, 0, now % 2 == 0));
      }
      assertEquals(BootRecorder.MOST_GATE_MOVES, recorder.record().gate().size());
    }
  }
}
