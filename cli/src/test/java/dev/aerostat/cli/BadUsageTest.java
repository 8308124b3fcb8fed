package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.cli.boot.Simulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadUsageTest {
  @ParameterizedTest(name = "aerostat {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          boot                                            | --memory
          boot --memory                                   | --memory
          boot --memory 12X                               | '12X' is not a size
          boot --memory -5G                               | '-5G' is not a size
          boot --memory 17T                               | '17T' is beyond 16T
          boot --memory 16T                               | expected 64M to 16382G
          boot --memory 32M                               | expected 64M to 16382G
          boot --memory 65M                               | expected a multiple of 2M
          boot --memory 8G --resident 9G                  | --resident 9G is larger than --memory 8G
          boot --memory 8G --resident 5000                | expected a multiple of 4K
          boot --memory 8G --resident lots                | 'lots' is not a size
          boot --memory 8G --balloon-page 1G              | expected 4K or 2M
          boot --memory 8G --withhold virtiomem           | 'virtiomem' is not a way to withhold memory: expected one of balloon, virtio-mem
          boot --memory 8G --withhold virtio-mem --balloon-page 2M | --withhold virtio-mem and --balloon-page 2M: there is no balloon then
          boot --memory 8G --withhold virtio-mem --strategy sync | --withhold virtio-mem and --strategy sync
          boot --memory 8G --withhold virtio-mem --guest stalls | --withhold virtio-mem and --guest stalls
          boot --memory 8G --strategy later               | expected async or sync
          boot --memory 8G --guest windows                | linux, none, stalls, pressured
          boot --memory 8G --mapper nvme                  | there is no mapper 'nvme'; found: sim, vfio
          boot --memory 8G --mapper acme                  | sim, vfio; name a plugin's directory with --plugins
          boot --memory 8G --mapper vfoi                  | found: sim, vfio; did you mean 'vfio'?
          boot --memory 8G --mapper SIM                   | did you mean 'sim'?
          boot --memory 8G --strategy asinc               | did you mean 'async'?
          boot --memory 8G --guest presured               | did you mean 'pressured'?
          boot --memory 8G --tracker bitmpa               | did you mean 'bitmap'?
          boot --memroy 8G                                | did you mean '--memory'?
          boot --memory 8G --prefault 3                   | did you mean '--prefault-threads'?
          bot --memory 8G                                 | did you mean 'boot'?
          COMPARE                                         | did you mean 'compare'?
          explore --seeds 2 --flood kick                  | did you mean 'kicks'?
          boot --memory 8G --mapper-option rules          | KEY=VALUE
          boot --memory 8G --prefault-threads 0           | expected 1 or more
          boot --memory 8G --prefault-threads many        | 'many' is not a whole number
          boot --memory 8G --prefault-threads 3000000000  | '3000000000' is out of range
          boot --memory 8G --driver-after soon            | 'soon' is not a time
          boot --memory 8G --seed x                       | 'x' is not a whole number
          boot --memory 8G --memory 9G                    | '--memory' is given twice, as '8G' and '9G': expected only once
          boot --memory=8G --memory 9G                    | as '8G' and '9G': expected only once
          boot --memory 8G --json --json                  | '--json' is given twice: expected only once
          boot --memory 8G --mapper sim --mapper vfio     | as 'sim' and 'vfio': expected only once
          boot --memory 8G --mapper-option rules=type1v2 --mapper-option rules=iommufd | as rules=type1v2 and rules=iommufd
          boot --memory 8G --mapper-option =iommufd       | '=iommufd' is not a setting: expected KEY=VALUE
          boot --memory 8G --plugins /nowhere             | --plugins: there is no directory '/nowhere'
          boot --memory 8G --speed 3                      | --speed
          compare --memory 8G,,9G                         | '' is not a size
          compare --memory 8G,32T                         | '32T' is beyond 16T
          explore                                         | --seeds
          explore --seeds 0                               | --seeds 0: expected 1 or more
          explore --seeds 2 --seed 9223372036854775806    | expected a last seed below
          explore --seeds 2 --flood everything            | inflates, churn, resets, kicks, bus-mastering
          explore --seeds 2 --flood churn --guest none    | expected one of them
          explore --seeds 2 --memory 65M                  | expected a multiple of 2M
          replay                                          | FILE
          replay trace --withhold virtio-mem              | a recording is of a balloon driver
          replay trace --mapper nvme                      | there is no mapper 'nvme'; found: sim, vfio
          selftest --mapper nvme                          | there is no mapper 'nvme'; found: sim, vfio
          selftest --mapper-option colour=red             | mapper 'sim' has no option 'colour'
          doctor --memory 12X                             | '12X' is not a size
          doctor --device eth0                            | 'eth0' is no PCI address
          boot --memory 8G --device 0000:00:05.0          | --device
          serve                                           | --socket
          serve --socket s --resident 5000                | expected a multiple of 4K
          serve --socket s --target lots                  | 'lots' is not a size
          serve --socket s --mapper nvme                  | there is no mapper 'nvme'; found: sim, vfio
          land                                            | 'land'
          ''                                              | subcommand
          """)
  void isToldInOneLineThatNamesWhatIsWrong(String commandLine, String expected) {
    String[] args = commandLine.isEmpty() ? new String[0] : commandLine.split(" +");
    Invocation invocation = Invocation.of(FakeSimulator.smooth(), args);
    assertAll(
        () -> assertEquals(2, invocation.exitCode()),
        () -> assertEquals("", invocation.out()),
        () -> assertEquals(1, invocation.err().lines().count(), invocation.err()),
        () -> assertTrue(invocation.err().startsWith("aerostat: "), invocation.err()),
        () -> assertTrue(invocation.err().contains(expected), invocation.err()));
  }

  @Test
  void showsWhereItCameFromOnlyIfAsked() {
    Invocation invocation =
        Invocation.of(FakeSimulator.smooth(), "boot", "--memory", "12X", "--stacktrace");
    assertEquals(2, invocation.exitCode());
    assertTrue(invocation.err().contains("\tat "), invocation.err());
  }

  @Test
  void isASimulationWithAMapperOfThisHost() {
    Invocation invocation =
        Invocation.of(Simulator.onVirtualClock(), "boot", "--memory", "64M", "--mapper", "vfio");
    assertEquals(
        new Invocation(
            2,
            "",
            "aerostat: mapper 'vfio' maps for real, and this is a simulation: choose a mapper such"
                + " as sim; to see 'vfio' at work use 'aerostat replay FILE --mapper vfio' or"
                + " 'aerostat selftest --mapper vfio'\n"),
        invocation);
  }

  @Test
  void ofAMapperIsTheMappersToTell() {
    var simulator =
        new FakeSimulator(
            _ -> {
              throw new IllegalArgumentException("mapper 'sim' has no option 'colour'");
            });
    Invocation invocation =
        Invocation.of(simulator, "boot", "--memory", "8G", "--mapper-option", "colour=red");
    assertEquals(
        new Invocation(2, "", "aerostat: mapper 'sim' has no option 'colour'\n"), invocation);
  }
}
