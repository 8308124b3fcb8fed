package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aerostat.testkit.MachineScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stock guest has a device of its own, on KVM in the emulated machine, and judges its DMA. */
@Tag("emulated")
final class JudgeIT {
  private static final MachineScript SCRIPT =
      new MachineScript(Path.of("../../mapper-vfio/src/it/machine"));
  private static final Path SOURCES = Path.of("src/it/judge");
  private static final Path COMPILER = Path.of("/usr/bin/gcc");

  /** Far more than it takes: a machine that is shared is slow. */
  private static final int TIMEOUT_SECONDS = 3000;

  @TempDir private Path guest = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12"})
  void aDeviceReachesAllThatIsItsGuestsAndNothingIsLost(String kernel) throws Exception {
    judge(kernel, List.of(Sabotage.NONE));
  }

  @Test
  void whatAVmmDoesWrongIsNoticed() throws Exception {
    judge("6.1", Arrays.stream(Sabotage.values()).filter(it -> it != Sabotage.NONE).toList());
  }

  private void judge(String kernel, List<Sabotage> boots) throws IOException, InterruptedException {
    buildGuest();
    var arguments =
        new ArrayList<>(
            List.of(
                "--kernel",
                kernel,
                "--memory",
                "2048",
                "--guest",
                guest.toString(),
                "--timeout",
                Integer.toString(TIMEOUT_SECONDS),
                "--jvm",
                "-XX:TieredStopAtLevel=1 -Xmx400m",
                classPath(),
                JudgeInGuest.class.getName()));
    boots.forEach(sabotage -> arguments.add(sabotage.name()));
    var _ = SCRIPT.run(arguments, line -> System.out.println(kernel + "| " + line));
  }

  /** Its first process, and the program that directs the device. */
  private void buildGuest() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(COMPILER), "SKIPPED: no C compiler at " + COMPILER);
    Path init = guest.resolve("init");
    Files.copy(SOURCES.resolve("init"), init);
    assertEquals(true, init.toFile().setExecutable(true));
    Path program = Files.createDirectories(guest.resolve("bin")).resolve("edudma");
    Process compiler =
        new ProcessBuilder(
                COMPILER.toString(),
                "-static",
                "-O2",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-o",
                program.toString(),
                SOURCES.resolve("edudma.c").toString())
            .redirectErrorStream(true)
            .start();
    var output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, compiler.waitFor(), output);
  }

  private static String classPath() {
    String whole = System.getProperty("java.class.path", "");
    return System.getProperty("surefire.test.class.path", whole);
  }
}
