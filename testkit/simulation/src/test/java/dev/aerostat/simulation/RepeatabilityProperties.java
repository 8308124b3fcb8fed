package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/** The same scenario and seed give the same run, event by event. */
class RepeatabilityProperties {
  private static final long MIB = 1L << 20;

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void aRunRepeatsToTheLastEvent(
      @ForAll GuestBehaviour guest,
      @ForAll @From("faults") Map<String, String> faults,
      @ForAll @IntRange(min = 1, max = 4) int threads,
      @ForAll long seed) {
    BootScenario scenario = scenario(guest, faults, threads, seed);
    assertEquals(digest(scenario, EventThread::new), digest(scenario, EventThread::new));
  }

  @Example
  void anotherSeedIsAnotherRun() {
    assertNotEquals(
        digest(scenario(GuestBehaviour.FLOOD_CHURN, Map.of(), 1, 1), EventThread::new),
        digest(scenario(GuestBehaviour.FLOOD_CHURN, Map.of(), 1, 2), EventThread::new));
  }

  @Example
  void aRunThatDoesNotRepeatHasAnotherDigest() {
    BootScenario scenario = scenario(GuestBehaviour.LINUX, Map.of(), 1, 1);
    var jitter = new Jitter();
    assertNotEquals(digest(scenario, jitter), digest(scenario, jitter));
  }

  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void timeNeverGoesBackAndWhatBeganEnds(
      @ForAll GuestBehaviour guest,
      @ForAll @From("faults") Map<String, String> faults,
      @ForAll @IntRange(min = 1, max = 4) int threads) {
    var books = new Books();
    run(scenario(guest, faults, threads, 7), books, EventThread::new);
    books.assertEven();
  }

  @Provide
  Arbitrary<Map<String, String>> faults() {
    return Arbitraries.of(
        Map.of(),
        Map.of("fail", "map:rate=0.2:seed=3"),
        Map.of("fail", "populate:nth=3:times=9"),
        Map.of("fail", "map:range=0x0-0x10000000:times=5"));
  }

  private static BootScenario scenario(
      GuestBehaviour guest, Map<String, String> faults, int threads, long seed) {
    return new BootScenario(
        64 * MIB,
        16 * MIB,
        Scenarios.SMALL,
        Variant.ASYNC,
        guest,
        "sim",
        faults,
        threads,
        2_000_000,
        seed);
  }

  private static List<Object> digest(
      BootScenario scenario, Function<VirtualClock, EventThread> thread) {
    var digest = new EventDigest();
    BootReport report = run(scenario, digest, thread);
    assertTrue(digest.events() > 100, () -> digest.events() + " events");
    return List.of(digest.toString(), digest.events(), report.timeline());
  }

  private static BootReport run(
      BootScenario scenario, BootWatcher watcher, Function<VirtualClock, EventThread> thread) {
    try {
      return Boot.run(scenario, watcher, thread);
    } catch (HostRefusedException | IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** The guest wants DMA at once in every run but the first: something that no seed decides. */
  private static final class Jitter implements Function<VirtualClock, EventThread> {
    private int runs;

    @Override
    public EventThread apply(VirtualClock clock) {
      var thread = new EventThread(clock);
      if (runs++ > 0) {
        thread.wishDma();
      }
      return thread;
    }
  }

  /** Counts events, and checks that time does not go back. */
  private static final class Books implements BootWatcher {
    private final Map<BootEvent, Long> counts = new EnumMap<>(BootEvent.class);
    private long last;

    @Override
    public void progressed(long nowNanos, Progress progress) {
      assertTrue(progress.mappedBytes() <= 64 * MIB);
    }

    @Override
    public void happened(long nowNanos, BootEvent event, long where, long bytes, long amount) {
      assertTrue(nowNanos >= last, () -> "%s at %d after %d".formatted(event, nowNanos, last));
      assertTrue(event.place() == BootEvent.Place.MEMORY || bytes == 0, event::toString);
      assertTrue(event.place() != BootEvent.Place.NONE || where == 0, event::toString);
      assertTrue(event.unit() != BootEvent.Unit.NONE || amount == 0, event::toString);
      last = nowNanos;
      counts.merge(event, 1L, Long::sum);
    }

    private long count(BootEvent event) {
      return counts.getOrDefault(event, 0L);
    }

    void assertEven() {
      assertEquals(
          count(BootEvent.POPULATE) + count(BootEvent.MAP) + count(BootEvent.UNMAP),
          count(BootEvent.POPULATED)
              + count(BootEvent.MAPPED)
              + count(BootEvent.UNMAPPED)
              + count(BootEvent.REFUSED));
      assertEquals(count(BootEvent.DEFLATE_END), count(BootEvent.ACKNOWLEDGE));
      assertEquals(count(BootEvent.RESET), count(BootEvent.RESET_COMPLETE));
      assertEquals(count(BootEvent.GATE_OPEN), count(BootEvent.GATE_OPENED));
      assertEquals(count(BootEvent.GATE_CLOSE), count(BootEvent.GATE_CLOSED));
      assertEquals(0, count(BootEvent.BREACH));
      assertEquals(1, count(BootEvent.CLOSE));
      assertEquals(1, count(BootEvent.CLOSED));
    }
  }
}
