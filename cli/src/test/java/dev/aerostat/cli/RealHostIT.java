package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.mapper.contract.MapperClause;
import dev.aerostat.testkit.MachineScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command on the kernel's own VFIO, behind an emulated IOMMU, on Debian's kernels. */
final class RealHostIT {
  private static final MachineScript MACHINE =
      new MachineScript(Path.of("../mapper-vfio/src/it/machine"));
  private static final String RECORDING = "m1-k61-boot.trace.gz";
  private static final String TOO_LARGE = "m4-k61-boot.trace.gz";
  private static final Path RECORDINGS = Path.of("../testkit/simulation/src/test/resources/traces");

  /** Where the machine puts the first part of its class path. */
  private static final String MODULES = "/app/lib/100-modules";

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12"})
  void aDeviceOfThisHostPassesItsSelftestAndReplaysARecordedBoot(String kernel)
      throws IOException, InterruptedException {
    List<Invocation> runs =
        run(
            kernel,
            "selftest --mapper vfio --device DEVICE",
            "selftest --mapper vfio --device DEVICE --json",
            "replay /app/" + RECORDING + " --mapper vfio --device DEVICE --json",
            "replay /app/" + TOO_LARGE + " --mapper vfio --device DEVICE");
    assertAll(
        () -> assertStory(kernel, runs.get(0)),
        () -> assertSelftest(runs.get(1)),
        () -> assertReplay(runs.get(2)),
        () -> assertTooLarge(runs.get(3)));
  }

  private static void assertStory(String kernel, Invocation selftest) {
    String out = selftest.out();
    assertAll(
        () -> assertEquals(0, selftest.exitCode(), selftest::err),
        () -> assertTrue(out.contains("kernel  Linux " + kernel + "."), out),
        () -> assertTrue(out.contains("available: VFIO"), out),
        () -> assertTrue(out.contains("verdict  passed: "), out));
  }

  private static void assertSelftest(Invocation selftest) {
    var json = new JsonNumbers(selftest.out());
    long applied = json.number("passed") + json.number("notApplicable");
    assertAll(
        () -> assertEquals(0, selftest.exitCode(), selftest::err),
        () -> assertEquals(0, json.number("failed")),
        () -> assertEquals(MapperClause.values().length, applied),
        () -> assertEquals(100, json.number("limits.entriesLeft")),
        () -> assertEquals(0x4020_1000, json.number("limits.pageSizes")));
  }

  private static void assertReplay(Invocation replay) {
    var json = new JsonNumbers(replay.out());
    assertAll(
        () -> assertEquals(0, replay.exitCode(), replay::err),
        () -> assertEquals(0, json.number("violations")),
        () -> assertEquals(0, json.number("refusals")),
        () -> assertEquals(1L << 30, json.number("memoryBytes")),
        () -> assertEquals(1L << 30, json.number("map.bytes")),
        () -> assertEquals(196_608, json.number("inflate.pages")),
        () -> assertEquals(196_608, json.number("deflate.pages")),
        () -> assertTrue(json.number("map.busyNanos") > 0, replay::out),
        () -> assertTrue(json.number("map.populateBusyNanos") > 0, replay::out),
        () ->
            assertTrue(
                json.number("timeline.dmaReadyNanos") < json.number("timeline.balloonEmptyNanos"),
                replay::out),
        () -> assertTrue(json.number("timeline.fullyMappedNanos") > 0, replay::out));
  }

  private static void assertTooLarge(Invocation replay) {
    String err = replay.err();
    assertEquals(1, replay.exitCode(), replay::out);
    assertEquals(1, err.lines().count(), err);
    assertTrue(err.contains("its guest has 4096 MiB of memory, and this host has "), err);
  }

  private static List<Invocation> run(String kernel, String... commandLines)
      throws IOException, InterruptedException {
    var arguments =
        new ArrayList<>(
            List.of(
                "--kernel",
                kernel,
                "--memory",
                "2560",
                "--entry-limit",
                "100",
                "--timeout",
                "900",
                "--file",
                RECORDINGS.resolve(RECORDING).toString(),
                "--file",
                RECORDINGS.resolve(TOO_LARGE).toString(),
                "--jvm",
                "-XX:TieredStopAtLevel=1 -Xmx64m -Daerostat.modules=" + MODULES,
                "target/modules:target/test-classes",
                CommandsInGuest.class.getName()));
    arguments.addAll(List.of(commandLines));
    return invocations(MACHINE.run(arguments, System.out::println));
  }

  private static List<Invocation> invocations(List<String> console) {
    var invocations = new ArrayList<Invocation>();
    var out = new StringBuilder();
    var err = new StringBuilder();
    for (String line : console) {
      if (line.startsWith(CommandsInGuest.OUT)) {
        out.append(line.substring(CommandsInGuest.OUT.length())).append('\n');
      } else if (line.startsWith(CommandsInGuest.ERR)) {
        err.append(line.substring(CommandsInGuest.ERR.length())).append('\n');
      } else if (line.startsWith(CommandsInGuest.EXIT)) {
        int exit = Integer.parseInt(line.substring(CommandsInGuest.EXIT.length()));
        invocations.add(new Invocation(exit, out.toString(), err.toString()));
        out.setLength(0);
        err.setLength(0);
      }
    }
    return invocations;
  }
}
