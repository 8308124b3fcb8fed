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
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The command on the kernel's own VFIO, behind an emulated IOMMU, on Debian's kernels, two machines
 * at a time. A selftest takes half a minute there: each kernel has one, printed in one of two ways.
 */
@Execution(ExecutionMode.CONCURRENT)
final class RealHostIT {
  private static final MachineScript MACHINE =
      new MachineScript(Path.of("../mapper-vfio/src/it/machine"));
  private static final String RECORDING = "m1-k61-boot.trace.gz";
  private static final String TOO_LARGE = "m4-k61-boot.trace.gz";
  private static final Path RECORDINGS = Path.of("../testkit/simulation/src/test/resources/traces");

  /** What the story has a line of: each clause that passed, or that says nothing of this host. */
  private static final Pattern CLAUSE = Pattern.compile("(?m)^ *(passed|n/a) ");

  /** Where the machine puts the first part of its class path. */
  private static final String MODULES = "/app/lib/100-modules";

  @Test
  void aDeviceOfThisHostPassesItsSelftestWhichIsToldInWords()
      throws IOException, InterruptedException {
    assertSelftestAndReplays("6.1", "", selftest -> assertStory("6.1", selftest));
  }

  @Test
  void aDeviceOfThisHostPassesItsSelftestWhichIsToldInFigures()
      throws IOException, InterruptedException {
    assertSelftestAndReplays("6.12", " --json", RealHostIT::assertSelftest);
  }

  /** One device can be given away; the group of the other has a device of the host, too. */
  @Test
  void theDoctorFindsWhatThisHostHasAndLacks() throws IOException, InterruptedException {
    List<Invocation> runs =
        run(
            "6.1",
            "doctor --memory 1G",
            "doctor --memory 1G --device DEVICE",
            "doctor --memory 16G --device DEVICE");
    String any = runs.get(0).out();
    String ready = runs.get(1).out();
    assertAll(
        () -> assertEquals(0, runs.get(0).exitCode(), any),
        () -> assertEquals(0, runs.get(1).exitCode(), ready),
        () -> assertEquals(1, runs.get(2).exitCode(), runs.get(2)::out),
        () -> assertFinds("ok  kernel: Linux 6.1.", ready),
        () -> assertFinds("ok  native access: enabled", ready),
        () -> assertFinds("ok  IOMMU: on, [0-9]+ groups", ready),
        () -> assertFinds("ok  VFIO: by type1", ready),
        () -> assertFinds("ok  device 0000:00:05.0: vfio-pci, group [0-9]+, alone in it", ready),
        () -> assertFinds("ok  mappings: at most 100 a container", ready),
        () -> assertFinds("ok  memlock: ", ready),
        () -> assertFinds("ok  memory: ", ready),
        () -> assertFinds("warning  device 0000:[0-9a-f:.]+: its group [0-9]+ also holds", any),
        () -> assertFinds("missing  memory: ", runs.get(2).out()));
  }

  /** Lines are broken between words. */
  private static void assertFinds(String words, String out) {
    String pattern = "(?m)^ *" + words.replace(" ", "\\s+");
    assertTrue(Pattern.compile(pattern).matcher(out).find(), () -> words + " in\n" + out);
  }

  private static void assertSelftestAndReplays(
      String kernel, String option, Consumer<Invocation> assertSelftest)
      throws IOException, InterruptedException {
    List<Invocation> runs =
        run(
            kernel,
            "selftest --mapper vfio --device DEVICE" + option,
            "replay /app/" + RECORDING + " --mapper vfio --device DEVICE --json",
            "replay /app/" + TOO_LARGE + " --mapper vfio --device DEVICE");
    assertAll(
        () -> assertSelftest.accept(runs.get(0)),
        () -> assertReplay(runs.get(1)),
        () -> assertTooLarge(runs.get(2)));
  }

  private static void assertStory(String kernel, Invocation selftest) {
    String out = selftest.out();
    assertAll(
        () -> assertEquals(0, selftest.exitCode(), selftest::err),
        () -> assertTrue(out.contains("kernel  Linux " + kernel + "."), out),
        () -> assertTrue(out.contains("available: VFIO"), out),
        () -> assertTrue(Pattern.compile("mappings +100, one at a time").matcher(out).find(), out),
        () -> assertTrue(out.contains("4 KiB, 2 MiB, 1 GiB"), out),
        () ->
            assertEquals(MapperClause.values().length, CLAUSE.matcher(out).results().count(), out),
        () -> assertTrue(out.contains("verdict  passed: "), out));
  }

  private static void assertSelftest(Invocation selftest) {
    var json = new JsonNumbers(selftest.out());
    long applied = json.number("passed") + json.number("notApplicable");
    assertAll(
        () -> assertEquals(0, selftest.exitCode(), selftest::err),
        () -> assertTrue(selftest.out().contains("\"kernel\": \"Linux 6.12."), selftest::out),
        () -> assertTrue(selftest.out().contains("\"available\": true"), selftest::out),
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
                "--heartbeat",
                Integer.toString(CommandsInGuest.HEARTBEAT_SECONDS),
                "--file",
                RECORDINGS.resolve(RECORDING).toString(),
                "--file",
                RECORDINGS.resolve(TOO_LARGE).toString(),
                "--jvm",
                "-XX:TieredStopAtLevel=1 -Xmx64m -Daerostat.modules=" + MODULES,
                "target/modules:target/test-classes",
                CommandsInGuest.class.getName()));
    arguments.addAll(List.of(commandLines));
    return invocations(MACHINE.run(arguments, line -> System.out.println(kernel + "| " + line)));
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
