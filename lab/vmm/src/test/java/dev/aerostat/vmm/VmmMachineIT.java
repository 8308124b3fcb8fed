package dev.aerostat.vmm;

import dev.aerostat.testkit.MachineScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The VMM on a real KVM: in the emulated machine, which emulates a processor with virtualization.
 * It boots the machine's own stock kernel once more, one level deeper, with the stock balloon
 * driver.
 */
final class VmmMachineIT {
  private static final MachineScript MACHINE =
      new MachineScript(Path.of("../../mapper-vfio/src/it/machine"));

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "6.12"})
  void aStockKernelBalloonsAndIsHandedEverythingBack(String kernel)
      throws IOException, InterruptedException {
    List<String> _ =
        MACHINE.run(
            List.of(
                "--kernel",
                kernel,
                "--memory",
                "2048",
                "--guest",
                "src/it/guest",
                "--timeout",
                "900",
                "--jvm",
                "-XX:TieredStopAtLevel=1 -Xmx128m",
                classPath(),
                BootsInGuest.class.getName(),
                "pci/2/async/reboot",
                "mmio/1/async/poweroff",
                "pci/1/sync/poweroff",
                "mmio/2/async/reboot"),
            line -> System.out.println(kernel + "| " + line));
  }

  private static String classPath() {
    String whole = System.getProperty("java.class.path", "");
    return System.getProperty("surefire.test.class.path", whole);
  }
}
