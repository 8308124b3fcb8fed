package dev.aerostat.simulation;

import static dev.aerostat.simulation.Scenarios.GIB;
import static dev.aerostat.simulation.Scenarios.HUGE;
import static dev.aerostat.simulation.Scenarios.SMALL;
import static dev.aerostat.simulation.Scenarios.boot;
import static dev.aerostat.simulation.Scenarios.dmaReady;
import static dev.aerostat.simulation.Scenarios.run;
import static dev.aerostat.simulation.Scenarios.with;
import static dev.aerostat.simulation.Scenarios.withOptions;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BootTest {
  @Test
  void aLargeGuestWithHugeBalloonPagesIsReadyThirtyTimesSoonerThanToday() {
    BootReport sync = run(boot(384 * GIB, HUGE, Variant.SYNC));
    BootReport async = run(boot(384 * GIB, HUGE, Variant.ASYNC));

    assertTrue(
        dmaReady(sync) >= 30 * dmaReady(async),
        () -> "sync %d ns, async %d ns".formatted(dmaReady(sync), dmaReady(async)));
    assertAllHandedBack(async);
  }

  @Test
  void aStockDriverMeetsTheMappingHalfWay() {
    BootReport sync = run(boot(64 * GIB, SMALL, Variant.SYNC));
    BootReport async = run(boot(64 * GIB, SMALL, Variant.ASYNC));

    assertTrue(4 * dmaReady(sync) >= 5 * dmaReady(async), () -> sync + " " + async);
    assertAllHandedBack(async);
  }

  @ParameterizedTest
  @ValueSource(longs = {SMALL, HUGE})
  void aWellBehavedGuestHardlyEverWaitsForAMap(long balloonPage) {
    BootReport report = run(boot(32 * GIB, balloonPage, Variant.ASYNC));

    assertTrue(
        100 * report.deflate().onDemandPages() <= report.deflate().pages(), report::toString);
    assertAllHandedBack(report);
  }

  private static void assertAllHandedBack(BootReport report) {
    assertAll(
        () -> assertEquals(0, report.violations(), report.firstViolation()),
        () -> assertEquals(report.memoryBytes(), report.map().bytes(), "all is mapped once"),
        () -> assertEquals(report.inflate().pages(), report.deflate().pages()),
        () ->
            assertEquals(
                report.deflate().pages(),
                report.deflate().preMappedPages() + report.deflate().onDemandPages()),
        () -> assertTrue(report.timeline().balloonEmptyNanos().isPresent()),
        () -> assertTrue(report.timeline().fullyMappedNanos().isPresent()),
        () -> assertEquals(report.map().calls(), report.map().liveMappings()));
  }

  @ParameterizedTest
  @CsvSource({"LINUX,4096", "PRESSURED,4096", "PRESSURED,2097152", "STALLS,2097152"})
  void theSameSeedGivesTheSameRun(GuestBehaviour guest, long balloonPage) {
    BootScenario scenario = with(boot(8 * GIB, balloonPage, Variant.ASYNC), guest, 2, 42);

    assertEquals(withoutWallTime(run(scenario)), withoutWallTime(run(scenario)));
  }

  @ParameterizedTest
  @CsvSource({"LINUX,4096", "LINUX,2097152", "PRESSURED,4096"})
  void whichTrackerItIsChangesNothingButTheMemoryItTakes(GuestBehaviour guest, long balloonPage) {
    BootScenario scenario = with(boot(8 * GIB, balloonPage, Variant.ASYNC), guest, 2, 42);
    BootReport tree = run(scenario);
    BootReport bitmap = run(scenario.withTracker(TrackerKind.BITMAP));

    assertEquals(tree.timeline(), bitmap.timeline());
    assertEquals(tree.inflate(), bitmap.inflate());
    assertEquals(tree.deflate(), bitmap.deflate());
    assertEquals(tree.map(), bitmap.map());
    assertTrue(tree.trackerPeakBytes() < bitmap.trackerPeakBytes(), () -> tree + " " + bitmap);
  }

  @ParameterizedTest
  @CsvSource({
    "1,4096",
    "8,4096",
    "64,4096",
    "384,4096",
    "1,2097152",
    "8,2097152",
    "64,2097152",
    "384,2097152",
    "4096,2097152"
  })
  void aBootTakesAtMost4KibOfTrackerWhateverTheGuestsSize(long gib, long balloonPage) {
    BootReport report = run(boot(gib * GIB, balloonPage, Variant.ASYNC));

    assertTrue(report.trackerPeakBytes() <= 4 << 10, report::toString);
  }

  private static BootReport withoutWallTime(BootReport r) {
    return new BootReport(
        r.memoryBytes(),
        r.guestMinimumBytes(),
        r.balloonPageBytes(),
        r.withholding(),
        r.strategy(),
        r.mapper(),
        r.guest(),
        r.seed(),
        r.timeline(),
        r.inflate(),
        r.deflate(),
        r.plug(),
        r.map(),
        r.refusals(),
        r.trackerPeakBytes(),
        r.violations(),
        r.firstViolation(),
        0);
  }

  /** One slice, one granule's map, and its own granule's populate and map; ns of the model. */
  @ParameterizedTest
  @CsvSource({"64,4096", "64,2097152", "384,4096", "384,2097152"})
  void aDeflateUnderPressureWaitsForOneSliceOneMapAndItsOwn(long gib, long balloonPage) {
    BootReport report =
        run(with(boot(gib * GIB, balloonPage, Variant.ASYNC), GuestBehaviour.PRESSURED, 1, 0));

    long granuleBytes = Long.highestOneBit(2 * report.memoryBytes() / report.map().calls() - 1);
    long populate = 216_000_000L * granuleBytes / GIB;
    long map = 18_800_000L * granuleBytes / GIB + 2_000;
    long bound = populate + map + (populate + map);
    assertTrue(report.deflate().onDemandMaps() >= 100, report::toString);
    assertTrue(
        report.deflate().ackNanosMax().orElseThrow() <= bound,
        () -> "bound %d: %s".formatted(bound, report));
    assertAllHandedBack(report);
  }

  @Test
  void aStalledGuestIsReadyAndItsMemoryIsAllMapped() {
    BootReport report = run(with(boot(16 * GIB, HUGE, Variant.ASYNC), GuestBehaviour.STALLS, 1, 0));

    assertTrue(report.inflate().pages() > 0);
    assertEquals(OptionalLong.empty(), report.timeline().balloonEmptyNanos());
    assertEquals(report.memoryBytes(), report.map().bytes());
    assertEquals(0, report.violations(), report.firstViolation());
  }

  @ParameterizedTest
  @CsvSource({"4,65535", "1024,65535", "4096,65535", "4,512", "384,512", "4096,512", "1,64"})
  void neverMoreMappingsThanTheContainerHolds(long gib, long limit) {
    BootScenario scenario =
        withOptions(
            boot(gib * GIB, HUGE, Variant.ASYNC), Map.of("dma-entry-limit", Long.toString(limit)));

    BootReport report = run(scenario);

    assertTrue(report.map().peakMappings() < limit, report::toString);
    assertEquals(report.memoryBytes(), report.map().bytes());
    assertEquals(0, report.violations(), report.firstViolation());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "map:rate=0.05:seed=1",
        "populate:rate=0.05:seed=2",
        "map:nth=7:times=40,populate:nth=1:times=9",
        "populate:range=0x100000000-0x110000000:times=20"
      })
  void whatTheHostRefusesIsTriedAgainUntilAllIsMapped(String faults) {
    BootScenario scenario =
        withOptions(
            with(boot(16 * GIB, SMALL, Variant.ASYNC), GuestBehaviour.PRESSURED, 1, 5),
            Map.of("fail", faults));

    BootReport report = run(scenario);

    assertEquals(0, report.violations(), report.firstViolation());
    assertEquals(report.memoryBytes(), report.map().bytes());
    assertTrue(report.timeline().balloonEmptyNanos().isPresent(), report::toString);
  }

  @Test
  void memoryThatTheHostNeverMapsKeepsTheGateClosedAndBreaksNoRule() {
    BootScenario scenario =
        withOptions(boot(16 * GIB, SMALL, Variant.ASYNC), Map.of("fail", "map:range=0x0-0x200000"));

    BootReport report = run(scenario);

    assertEquals(OptionalLong.empty(), report.timeline().dmaReadyNanos());
    assertEquals(0, report.violations(), report.firstViolation());
    assertTrue(report.refusals().last().startsWith("MAP of 0x200000 bytes at 0x0 refused"));
    assertEquals(0, report.deflate().messages(), "nothing is asked back while the gate is closed");
  }

  @Test
  void aDeflateThatIsPendingAtTheEndIsNoBreach() {
    BootScenario scenario =
        withOptions(
            with(boot(16 * GIB, SMALL, Variant.ASYNC), GuestBehaviour.PRESSURED, 1, 0),
            Map.of("fail", "map:range=0x100000000-0x180000000"));

    BootReport report = run(scenario);

    assertTrue(report.deflate().onDemandPages() > 0, report::toString);
    assertEquals(0, report.violations(), report.firstViolation());
  }

  @Test
  void withoutPreMapEveryDeflateIsMappedOnDemand() {
    BootReport report = run(boot(16 * GIB, HUGE, new Variant(true, false, true)));

    assertTrue(report.deflate().onDemandPages() > report.deflate().preMappedPages());
    assertAllHandedBack(report);
  }

  @Test
  void withoutMergingEveryPageIsARunAndAMap() {
    BootScenario merged = boot(2 * GIB, SMALL, Variant.ASYNC);
    BootScenario unmerged =
        withOptions(
            boot(2 * GIB, SMALL, new Variant(true, true, false)), Map.of("rules", "iommufd"));

    BootReport report = run(unmerged);

    assertEquals(2 * GIB / SMALL, report.map().calls());
    assertEquals(report.inflate().pages(), report.inflate().runs());
    assertTrue(dmaReady(report) > dmaReady(run(merged)));
    assertEquals(0, report.violations(), report.firstViolation());
  }

  @Test
  void whatCannotBeIsSaidBeforeAnythingRuns() {
    BootScenario good = boot(4 * GIB, SMALL, Variant.ASYNC);

    assertRefused("found [sim]", () -> mapper(good, "nosuch"));
    assertRefused("guest minimum", () -> resident(good, 5 * GIB));
    assertRefused("guest memory of", () -> boot(16 * 1024 * GIB, SMALL, Variant.ASYNC));
    assertRefused("balloon pages of 8192", () -> boot(4 * GIB, 8192, Variant.ASYNC));
    assertRefused("room for 1 mappings", () -> withOptions(good, Map.of("dma-entry-limit", "1")));
    assertRefused("no-such-option", () -> withOptions(good, Map.of("no-such-option", "1")));
  }

  private static void assertRefused(String expected, Supplier<BootScenario> scenario) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> run(scenario.get()));
    assertTrue(refusal.toString().contains(expected), refusal::toString);
  }

  private static BootScenario mapper(BootScenario s, String name) {
    return new BootScenario(
        s.memoryBytes(),
        s.guestMinimumBytes(),
        s.balloonPageBytes(),
        s.variant(),
        s.guest(),
        name,
        Map.of(),
        1,
        s.driverAfterNanos(),
        s.seed());
  }

  private static BootScenario resident(BootScenario s, long bytes) {
    return new BootScenario(
        s.memoryBytes(),
        bytes,
        s.balloonPageBytes(),
        s.variant(),
        s.guest(),
        s.mapper(),
        Map.of(),
        1,
        s.driverAfterNanos(),
        s.seed());
  }
}
