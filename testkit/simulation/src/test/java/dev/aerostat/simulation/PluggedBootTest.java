package dev.aerostat.simulation;

import static dev.aerostat.simulation.Scenarios.GIB;
import static dev.aerostat.simulation.Scenarios.SMALL;
import static dev.aerostat.simulation.Scenarios.dmaReady;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Progress;
import dev.aerostat.guest.sim.PluggingGuest;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.mem.virtio.device.MemEvents;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Boots of guests that plug their memory by virtio-mem. */
class PluggedBootTest {
  private static final long BLOCK = 128L << 20;

  private static BootScenario plugged(long memoryBytes) {
    return Scenarios.boot(memoryBytes, SMALL, Variant.ASYNC)
        .withWithholding(Withholding.VIRTIO_MEM);
  }

  private static BootReport run(BootScenario scenario) {
    return Scenarios.run(scenario);
  }

  @Test
  void aStockGuestIsReadyFiftyTimesSoonerThanToday() {
    BootReport sync = run(Scenarios.boot(384 * GIB, SMALL, Variant.SYNC));
    BootReport async = run(plugged(384 * GIB));

    assertTrue(
        dmaReady(sync) >= 50 * dmaReady(async),
        () -> "sync %d ns, async %d ns".formatted(dmaReady(sync), dmaReady(async)));
    assertWhole(async);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 8, 64, 4096})
  void theGuestGetsAllOfItsMemoryMapped(long gib) {
    assertWhole(run(plugged(gib * GIB)));
  }

  @ParameterizedTest
  @ValueSource(longs = {29, 31, 3600})
  void soDoesAGuestWhoseDriverLoadsLongAfterAllIsMapped(long seconds) {
    assertWhole(run(withDriverAfter(plugged(4 * GIB), seconds * 1_000_000_000)));
  }

  private static BootScenario withDriverAfter(BootScenario boot, long nanos) {
    return new BootScenario(
        boot.memoryBytes(),
        boot.guestMinimumBytes(),
        boot.balloonPageBytes(),
        boot.variant(),
        boot.guest(),
        boot.mapper(),
        boot.mapperOptions(),
        boot.prefaultThreads(),
        nanos,
        boot.seed(),
        boot.tracker(),
        boot.withholding());
  }

  private static void assertWhole(BootReport report) {
    long pluggable = report.memoryBytes() - report.guestMinimumBytes();
    assertAll(
        () -> assertEquals(0, report.violations(), report.firstViolation()),
        () -> assertEquals(Withholding.VIRTIO_MEM, report.withholding()),
        () -> assertEquals(report.memoryBytes(), report.map().bytes(), "all is mapped once"),
        () -> assertEquals(pluggable, report.plug().bytes()),
        () -> assertEquals(pluggable / BLOCK, report.plug().requests(), "128 MiB a request"),
        () -> assertEquals(0, report.plug().waited(), report::toString),
        () -> assertEquals(0, report.inflate().messages()),
        () -> assertTrue(report.timeline().fullyMappedNanos().isPresent()),
        () -> assertTrue(report.timeline().balloonEmptyNanos().isEmpty()),
        () ->
            assertTrue(
                report.timeline().pluggedNanos().orElseThrow()
                    >= report.timeline().fullyMappedNanos().orElseThrow(),
                report::toString));
  }

  @Test
  void theGateOpensWhenWhatTheGuestBootsWithIsMappedDriverOrNot() {
    BootReport report = run(plugged(64 * GIB));
    assertTrue(dmaReady(report) < 1_000_000_000L, report::toString);
    assertEquals(report.guestMinimumBytes(), report.map().bytesAtGate());
    assertEquals(2 * GIB, report.guestMinimumBytes(), "a 64th, and 1 GiB");
  }

  @Test
  void aDriverThatLoadsLateAddsWhatIsMappedAtItsOwnPace() {
    BootScenario scenario = plugged(8 * GIB);
    long late = 5_000_000_000L;
    BootReport report =
        run(
            new BootScenario(
                    scenario.memoryBytes(),
                    scenario.guestMinimumBytes(),
                    SMALL,
                    Variant.ASYNC,
                    GuestBehaviour.LINUX,
                    "sim",
                    Map.of(),
                    1,
                    late,
                    0)
                .withWithholding(Withholding.VIRTIO_MEM));
    assertTrue(report.timeline().fullyMappedNanos().orElseThrow() < late, report::toString);
    long adding = (report.plug().requests() - 1) * PluggingGuest.ADD_NANOS;
    long took = report.timeline().pluggedNanos().orElseThrow() - late;
    assertTrue(took >= adding && took < adding + 1_000_000, () -> took + " of " + adding);
  }

  @Test
  void withoutADriverAllIsMappedAndNothingPlugged() {
    BootReport report = run(Scenarios.with(plugged(8 * GIB), GuestBehaviour.NONE, 1, 0));
    assertEquals(0, report.violations(), report.firstViolation());
    assertEquals(report.memoryBytes(), report.map().bytes());
    assertEquals(0, report.plug().requests());
    assertTrue(report.timeline().pluggedNanos().isEmpty());
    assertTrue(report.timeline().dmaReadyNanos().isPresent());
  }

  @ParameterizedTest
  @CsvSource({"map:rate=0.2:seed=3", "populate:nth=3:times=9", "map:nth=700:times=3"})
  void whatTheHostRefusesIsTriedAgainAndBreaksNoRule(String fault) {
    BootReport report = run(Scenarios.withOptions(plugged(4 * GIB), Map.of("fail", fault)));
    assertTrue(report.refusals().count() > 0, report::toString);
    assertWhole(report);
  }

  @Test
  void withoutPreMapEachRequestWaitsForItsMap() {
    BootReport report =
        run(
            Scenarios.boot(4 * GIB, SMALL, new Variant(true, false, true))
                .withWithholding(Withholding.VIRTIO_MEM));
    assertEquals(0, report.violations(), report.firstViolation());
    assertEquals(report.memoryBytes(), report.map().bytes());
    assertEquals(report.plug().requests(), report.plug().waited());
    assertTrue(report.plug().waitNanosMax() > 20_000_000, "128 MiB take 29 ms: " + report);
  }

  @Test
  void theSameSeedGivesTheSameRunToTheLastEvent() {
    var once = new EventDigest();
    var again = new EventDigest();
    boot(once);
    boot(again);
    assertEquals(once.toString(), again.toString());
    assertTrue(once.events() > 100, once::toString);
  }

  @Test
  void eventsTellWhatIsAskedForAndGiven() {
    var pages = new EnumMap<BootEvent, Long>(BootEvent.class);
    boot(
        new BootWatcher() {
          @Override
          public void progressed(long nowNanos, Progress progress) {}

          @Override
          public void happened(
              long nowNanos, BootEvent event, long where, long bytes, long amount) {
            long _ = pages.merge(event, amount, Long::sum);
          }
        });
    long pluggable = (GIB - GIB / 2) >> 12;
    assertEquals(pluggable, pages.get(BootEvent.PLUGGABLE));
    assertEquals(pluggable, pages.get(BootEvent.PLUG));
    assertEquals(pluggable, pages.get(BootEvent.PLUGGED));
    assertTrue(pages.containsKey(BootEvent.REQUESTED) && pages.containsKey(BootEvent.DRIVER_READY));
    assertTrue(!pages.containsKey(BootEvent.PLUG_REFUSED), pages::toString);
  }

  private static void boot(BootWatcher watcher) {
    try {
      var _ = Boot.run(plugged(GIB), watcher);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  /** A device that acknowledges each request at once, mapped or not. */
  private static final class PlugsAtOnce extends VirtualPlugs {
    private final MemSettings settings;

    PlugsAtOnce(MemSettings settings, GuestMemory memory, VirtualClock clock, EventThread thread) {
      super(settings, memory, clock, thread);
      this.settings = settings;
    }

    @Override
    void setRequested(long pages) {
      device().setRequested(settings.region().length());
    }

    @Override
    MemEvents events(MemEvents engine) {
      return new MemEvents() {
        @Override
        public void plugAsked(long first, long end) {
          asked(first, end);
          boolean _ = answer(true);
        }

        @Override
        public void plugDropped() {}

        @Override
        public void unplugged(long pages) {}
      };
    }
  }

  @Test
  void aPlugThatIsAcknowledgedBeforeItsMapIsFound() throws Exception {
    BootReport report =
        Boot.run(plugged(8 * GIB), BootWatcher.none(), EventThread::new, PlugsAtOnce::new);
    assertTrue(report.violations() > 0, report::toString);
  }

  @ParameterizedTest
  @EnumSource(
      value = GuestBehaviour.class,
      names = {"LINUX", "NONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void howABalloonDriverBehavesIsRefused(GuestBehaviour guest) {
    assertRefused(
        guest.toString(),
        () ->
            Scenarios.with(Scenarios.boot(GIB, SMALL, Variant.ASYNC), guest, 1, 0)
                .withWithholding(Withholding.VIRTIO_MEM));
  }

  @Test
  void whatMakesNoSenseTogetherIsRefused() {
    assertRefused(
        "asynchronous",
        () -> Scenarios.boot(GIB, SMALL, Variant.SYNC).withWithholding(Withholding.VIRTIO_MEM));
    assertRefused(
        "balloon pages of 2097152 bytes",
        () -> Scenarios.boot(GIB, 2L << 20, Variant.ASYNC).withWithholding(Withholding.VIRTIO_MEM));
    assertRefused("expected 128 MiB or more to plug", () -> run(plugged(64L << 20)));
    assertRefused(
        "boots with 128 MiB and plugs 16256 MiB: expected to boot with a 64th",
        () -> GuestLayout.pluggable(16 * GIB, 0));
    assertRefused(
        "expected to end at 16 TiB",
        () ->
            run(
                new BootScenario(
                        GuestLayout.LARGEST,
                        GIB,
                        SMALL,
                        Variant.ASYNC,
                        GuestBehaviour.LINUX,
                        "sim",
                        Map.of(),
                        1,
                        0,
                        0)
                    .withWithholding(Withholding.VIRTIO_MEM)));
  }

  private static void assertRefused(String expected, Supplier<?> scenario) {
    var refusal = assertThrows(IllegalArgumentException.class, scenario::get);
    assertTrue(refusal.toString().contains(expected), refusal::toString);
  }
}
