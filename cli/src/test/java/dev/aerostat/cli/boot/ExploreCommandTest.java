package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.Boot;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.TrackerKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExploreCommandTest {
  private static Invocation explore(Simulator simulator, String options) {
    return Invocation.of(simulator, ("explore " + options).split(" "));
  }

  private static List<BootScenario> explored(String options) {
    FakeSimulator simulator = FakeSimulator.smooth();
    Invocation invocation = explore(simulator, options);
    assertEquals(0, invocation.exitCode(), invocation.err());
    return simulator.booted;
  }

  @Test
  void eachSeedRunsTwice() {
    Map<Long, Long> runs =
        explored("--seeds 50 --seed -10").stream()
            .collect(Collectors.groupingBy(BootScenario::seed, Collectors.counting()));
    assertEquals(
        LongStream.range(-10, 40).boxed().collect(Collectors.toMap(Function.identity(), _ -> 2L)),
        runs);
  }

  @Test
  void realBootsKeepTheRulesAndRepeat() {
    assertEquals(
        new Invocation(
            0,
            "8 seeds from 3 on, each run twice: no rule broken, all ended as they must, all repeat\n",
            ""),
        explore(Simulator.onVirtualClock(), "--seeds 8 --seed 3 --memory 64M"));
  }

  @Test
  void aSeedDecidesAllThatIsNotChosen() {
    var scenarios = Set.copyOf(explored("--seeds 400"));
    assertEquals(400, scenarios.size());
    assertEquals(EnumSet.allOf(GuestBehaviour.class), all(scenarios, BootScenario::guest));
    assertEquals(EnumSet.allOf(TrackerKind.class), all(scenarios, BootScenario::tracker));
    assertEquals(2, all(scenarios, BootScenario::balloonPageBytes).size());
    assertEquals(2, all(scenarios, BootScenario::variant).size());
    assertEquals(8, all(scenarios, BootScenario::prefaultThreads).size());
    assertTrue(all(scenarios, BootScenario::mapperOptions).size() > 100);
    assertTrue(scenarios.stream().anyMatch(it -> it.memoryBytes() > 2L << 30), "a hole");
  }

  private static <T> Set<T> all(Set<BootScenario> scenarios, Function<BootScenario, T> what) {
    return scenarios.stream().map(what).collect(Collectors.toSet());
  }

  @Test
  void whatIsChosenIsSoInEveryBoot() {
    List<BootScenario> scenarios =
        explored("--seeds 20 --memory 96M --flood resets --fail map:rate=0.5");
    assertEquals(1 + 2 * 20, scenarios.size(), "one more, to try the order");
    for (BootScenario scenario : scenarios.subList(1, scenarios.size())) {
      assertEquals(96L << 20, scenario.memoryBytes());
      assertEquals(GuestBehaviour.FLOOD_RESETS, scenario.guest());
      assertEquals("map:rate=0.5:seed=" + scenario.seed(), scenario.mapperOptions().get("fail"));
    }
  }

  @Test
  void theFirstSeedThatFailsIsPrintedAsTheCommandThatRepeatsIt() {
    Invocation invocation =
        explore(breaching(it -> it % 7 == 5), "--seeds 1000 --seed 30 --guest stalls");
    assertEquals(1, invocation.exitCode());
    assertEquals(
        "aerostat: seed 33: the rules were broken 3 times; the first breach: page 7 was lost\n",
        invocation.err());
    FakeSimulator repeated = FakeSimulator.smooth();
    assertEquals(0, repeat(invocation.out(), repeated));
    assertEquals(
        new DrawnScenarios(Optional.empty(), Optional.of(GuestBehaviour.STALLS), Optional.empty())
            .of(33),
        repeated.booted.getFirst());
  }

  private static int repeat(String command, FakeSimulator simulator) {
    String[] words = command.strip().split(" ", -1);
    return Invocation.of(simulator, Arrays.copyOfRange(words, 1, words.length)).exitCode();
  }

  private static FakeSimulator breaching(LongPredicate seeds) {
    return new FakeSimulator(
        scenario ->
            seeds.test(scenario.seed())
                ? Reports.breaching(Reports.of(scenario), "page 7 was lost")
                : Reports.of(scenario));
  }

  @Test
  void theCommandRepeatsAnyDrawnBoot() {
    var scenarios = new DrawnScenarios(Optional.empty(), Optional.empty(), Optional.empty());
    for (long seed = -20; seed < 20; seed++) {
      FakeSimulator repeated = FakeSimulator.smooth();
      assertEquals(0, repeat(BootCommandLine.of(scenarios.of(seed)), repeated));
      assertEquals(List.of(scenarios.of(seed)), repeated.booted);
    }
  }

  @Test
  void aSeedThatFailsEndsTheSearch() {
    FakeSimulator simulator = breaching(_ -> true);
    Invocation invocation = explore(simulator, "--seeds 1000000000000");
    assertTrue(invocation.err().startsWith("aerostat: seed 0: "), invocation.err());
    assertTrue(simulator.booted.size() <= 2 * Runtime.getRuntime().availableProcessors());
  }

  @Test
  void aBootThatDoesNotRepeatIsFound() {
    Map<Long, Boolean> ran = new ConcurrentHashMap<>();
    Simulator forgetful =
        new BootsOnly(
            (scenario, watcher) -> {
              boolean again = ran.put(scenario.seed(), true) != null && scenario.seed() == 4;
              return Boot.run(again ? withSeed(scenario, 5) : scenario, watcher);
            });
    Invocation invocation = explore(forgetful, "--seeds 6 --memory 64M --flood churn");
    assertEquals(1, invocation.exitCode());
    assertTrue(
        invocation.err().startsWith("aerostat: seed 4: its two runs differ, with digests "),
        invocation.err());
    assertTrue(invocation.out().endsWith(" --guest flood-churn --seed 4\n"), invocation.out());
  }

  private static BootScenario withSeed(BootScenario scenario, long seed) {
    return new BootScenario(
            scenario.memoryBytes(),
            scenario.guestMinimumBytes(),
            scenario.balloonPageBytes(),
            scenario.variant(),
            scenario.guest(),
            scenario.mapper(),
            scenario.mapperOptions(),
            scenario.prefaultThreads(),
            scenario.driverAfterNanos(),
            seed)
        .withTracker(scenario.tracker());
  }

  @Test
  void aBootThatThrowsIsFound() {
    Simulator throwing =
        new BootsOnly(
            (scenario, _) -> {
              if (scenario.seed() == 2) {
                throw new IllegalArgumentException("granule -1");
              }
              return Reports.of(scenario);
            });
    Invocation invocation = explore(throwing, "--seeds 9");
    assertEquals(1, invocation.exitCode());
    assertEquals(
        "aerostat: seed 2: it threw java.lang.IllegalArgumentException: granule -1\n",
        invocation.err());
  }

  @Test
  @Timeout(60)
  void wantOfMemoryIsNoSeedsFaultAndEndsTheSearch() {
    Simulator full =
        new BootsOnly(
            (scenario, _) -> {
              if (scenario.seed() == 2) {
                throw new OutOfMemoryError("Java heap space");
              }
              return Reports.of(scenario);
            });
    Invocation invocation = explore(full, "--seeds 1000000000000");
    assertEquals(1, invocation.exitCode());
    assertTrue(invocation.err().startsWith("aerostat: out of memory: "), invocation.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux", "stalls"})
  void aBootThatEndsTooSoonIsFound(String guest) {
    BootReport whole = Reports.of(ComparedVariant.ASYNC_4K.scenario(ByteSize.parse("8G")));
    OptionalLong never = OptionalLong.empty();
    OptionalLong then = OptionalLong.of(1);
    BootReport unmapped =
        Reports.at(whole, new BootReport.Timeline(then, then, never, then, never));
    BootReport stuck = Reports.at(whole, new BootReport.Timeline(then, then, then, never, never));
    String options = "--seeds 2 --guest " + guest;
    assertEquals(
        "aerostat: seed 0: not all memory was mapped\n",
        explore(new FakeSimulator(_ -> unmapped), options).err());
    assertEquals(
        guest.equals("linux")
            ? "aerostat: seed 0: the guest never got back all of its memory\n"
            : "",
        explore(new FakeSimulator(_ -> stuck), options).err());
    assertEquals(
        "aerostat: seed 0: the gate never opened; the host refused 7 calls, the last: MAP refused\n",
        explore(new FakeSimulator(_ -> Reports.hung()), options).err());
  }

  @Test
  void anOrderThatTheHostDoesNotKnowIsWrongUsage() {
    Invocation invocation = explore(Simulator.onVirtualClock(), "--seeds 9 --fail map:often=1");
    assertEquals(2, invocation.exitCode());
    assertTrue(invocation.err().contains("map:often=1"), invocation.err());
  }

  @Test
  void jsonHasTheSeedTheReasonAndTheCommand() {
    assertEquals(
        "{\n  \"firstSeed\": 1,\n  \"seeds\": 2,\n  \"failed\": null\n}\n",
        explore(FakeSimulator.smooth(), "--seeds 2 --seed 1 --json").out());
    Invocation invocation = explore(breaching(it -> it == 2), "--seeds 2 --seed 1 --json");
    assertEquals(1, invocation.exitCode());
    for (String field :
        List.of(
            "\"seed\": 2,",
            "\"reason\": \"the rules were broken 3 times; the first breach: page 7 was lost\",",
            "\"command\": \"aerostat boot --memory ")) {
      assertTrue(invocation.out().contains(field), invocation.out());
    }
  }

  /** A simulator that is asked for boots only. */
  private record BootsOnly(Boots boots) implements Simulator {
    interface Boots {
      BootReport boot(BootScenario scenario, BootWatcher watcher)
          throws HostRefusedException, IOException;
    }

    @Override
    public BootReport boot(BootScenario scenario, BootWatcher watcher)
        throws HostRefusedException, IOException {
      return boots.boot(scenario, watcher);
    }

    @Override
    public BootReport replay(
        Path trace,
        String mapper,
        Map<String, String> mapperOptions,
        TrackerKind tracker,
        BootWatcher watcher) {
      throw new UnsupportedOperationException("replay");
    }
  }
}
