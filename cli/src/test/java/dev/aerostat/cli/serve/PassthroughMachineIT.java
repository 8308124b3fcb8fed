package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.testkit.MachineScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stock QEMU with KVM, in the emulated machine, whose stock guest gets a real VFIO device of that
 * machine by {@code aerostat passthrough}: plugged late, unplugged and plugged again, and as today.
 */
final class PassthroughMachineIT {
  private static final MachineScript MACHINE =
      new MachineScript(Path.of("../mapper-vfio/src/it/machine"));
  private static final MachineScript QEMU =
      new MachineScript(Path.of("../vhost-user/src/it/qemu-guest"));

  @TempDir private Path directory = Path.of("");

  @Test
  void aStockGuestGetsTheDeviceAndItsDmaArrives() throws IOException, InterruptedException {
    Path emulator = directory.resolve("emulator.tar");
    var _ = QEMU.run(List.of("pack", emulator.toString()), System.out::println);
    var all = new ArrayList<String>();
    Collections.addAll(all, "--kernel", "6.12", "--memory", "3072", "--timeout", "900");
    Collections.addAll(all, "--guest", "src/it/passthrough-guest", "--file", emulator.toString());
    Collections.addAll(all, "--jvm", "-XX:TieredStopAtLevel=1 -Xmx256m");
    Collections.addAll(
        all, classPath(), PassthroughInMachine.class.getName(), "plug", "hold", "sync");
    List<String> console = MACHINE.run(all, line -> System.out.println("passthrough| " + line));
    List<String> faults = console.stream().filter(line -> line.contains("DMAR:")).toList();
    assertEquals(List.of(), faults.stream().filter(line -> line.contains("fault")).toList());
  }

  private static String classPath() {
    String whole = System.getProperty("java.class.path", "");
    return System.getProperty("surefire.test.class.path", whole);
  }
}
