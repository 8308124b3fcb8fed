package dev.aerostat.vmm;

import dev.aerostat.testkit.MachineScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stock guest has a device of its own, on KVM in the emulated machine, and judges its DMA. */
@Tag("emulated")
final class JudgeIT {
  private static final MachineScript SCRIPT =
      new MachineScript(Path.of("../../mapper-vfio/src/it/machine"));
  private static final Path SOURCES = Path.of("src/it/judge");

  /** Far more than it takes: a machine that is shared is slow. */
  private static final String TIMEOUT_SECONDS = "3000";

  @TempDir private Path guest = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12"})
  void aDeviceReachesAllThatIsItsGuestsAndNothingIsLost(String kernel) throws Exception {
    judge(kernel, List.of("none/stock/and_is_held", "none/huge/and_pauses", "none/huge/late"));
  }

  @Test
  void aGuestThatAsksBeforeItHasABalloonGoesOnWhenAllIsMapped() throws Exception {
    judge("6.1", List.of("none/stock/at_once_and_is_held", "none/huge/at_once_and_pauses"));
  }

  @ParameterizedTest
  @EnumSource
  void whatAVmmDoesWrongIsNoticed(GuestDriver driver) throws Exception {
    judge(
        "6.1",
        Arrays.stream(Sabotage.values())
            .filter(it -> it != Sabotage.NONE)
            .map(it -> new JudgedBoot(it, driver, GuestAsks.AND_IS_HELD).toString())
            .toList());
  }

  private void judge(String kernel, List<String> boots) throws IOException, InterruptedException {
    var files = new GuestFiles(guest, SOURCES.resolve("init"));
    files.addDriver(kernel);
    files.addProgram(SOURCES.resolve("edudma.c"));
    var arguments = new ArrayList<String>();
    Collections.addAll(arguments, "--kernel", kernel, "--memory", "2048");
    Collections.addAll(arguments, "--guest", guest.toString(), "--timeout", TIMEOUT_SECONDS);
    Collections.addAll(arguments, "--jvm", "-XX:TieredStopAtLevel=1 -Xmx400m");
    Collections.addAll(arguments, classPath(), JudgeInGuest.class.getName());
    arguments.addAll(boots);
    var _ = SCRIPT.run(arguments, line -> System.out.println(kernel + "| " + line));
  }

  private static String classPath() {
    String whole = System.getProperty("java.class.path", "");
    return System.getProperty("surefire.test.class.path", whole);
  }
}
