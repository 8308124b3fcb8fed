package dev.aerostat.vmm;

import dev.aerostat.testkit.MachineScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The VMM on a real KVM: in the emulated machine, which emulates a processor with virtualization.
 * It boots the machine's own stock kernel once more, one level deeper, with the stock balloon
 * driver.
 */
@Tag("emulated")
final class VmmMachineIT {
  private static final MachineScript MACHINE =
      new MachineScript(Path.of("../../mapper-vfio/src/it/machine"));

  /** Far more than it takes: a machine that is shared is slow. */
  private static final String TIMEOUT_SECONDS = "900";

  @Test
  void aStockKernelBalloonsAndIsHandedEverythingBack() throws IOException, InterruptedException {
    assertBoots(
        "6.1",
        "pci/2/async/reboot/stock",
        "mmio/1/async/poweroff/stock",
        "pci/1/sync/poweroff/stock",
        "mmio/2/async/reboot/stock");
  }

  @Test
  void soDoesANewerOne() throws IOException, InterruptedException {
    assertBoots("6.12", "pci/1/async/poweroff/stock", "mmio/2/async/reboot/stock");
  }

  private static void assertBoots(String kernel, String... boots)
      throws IOException, InterruptedException {
    var arguments = new ArrayList<String>();
    Collections.addAll(arguments, "--kernel", kernel, "--memory", "2048");
    Collections.addAll(arguments, "--guest", "src/it/guest", "--timeout", TIMEOUT_SECONDS);
    Collections.addAll(arguments, "--jvm", "-XX:TieredStopAtLevel=1 -Xmx128m");
    Collections.addAll(arguments, classPath(), BootsInGuest.class.getName());
    Collections.addAll(arguments, boots);
    List<String> _ = MACHINE.run(arguments, line -> System.out.println(kernel + "| " + line));
  }

  private static String classPath() {
    String whole = System.getProperty("java.class.path", "");
    return System.getProperty("surefire.test.class.path", whole);
  }
}
