package dev.aerostat.vmm;

import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.vmm.MachineSettings.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Boots guests that judge their device's DMA, one after the other, in the emulated machine. A boot
 * that is sabotaged passes if somebody complains of what is wrong. The exit code is 1 if a boot
 * does not pass.
 */
final class JudgeInGuest {
  private static final long MEMORY = 256L << 20;
  private static final Pattern COMMA = Pattern.compile(",");

  private JudgeInGuest() {}

  public static void main(String[] sabotages) throws Exception {
    int failed = 0;
    for (String name : sabotages) {
      Sabotage sabotage = Sabotage.valueOf(name);
      List<String> complaints =
          new JudgedGuest(settings(), sabotage, line -> name + "| " + line).complaints();
      boolean passed =
          sabotage == Sabotage.NONE
              ? complaints.isEmpty()
              : complaints.stream().anyMatch(text -> text.startsWith(sabotage.complaint()));
      System.out.printf("JUDGED %s %s %s%n", name, passed ? "passed" : "FAILED", complaints);
      System.out.flush();
      failed += passed ? 0 : 1;
    }
    System.exit(failed == 0 ? 0 : 1);
  }

  private static MachineSettings settings() {
    PciAddress device =
        COMMA
            .splitAsStream(System.getProperty("aerostat.devices", ""))
            .map(PciAddress::new)
            .findFirst()
            .orElseThrow();
    return new MachineSettings(
        Path.of("/app/vmlinuz"),
        Optional.of(Path.of("/app/initrd")),
        "noxsave init_on_alloc=0 loglevel=4",
        MEMORY,
        new MemoryBacking.Anonymous(true),
        2,
        List.of(device),
        1,
        Transport.MMIO,
        false,
        Strategy.ASYNC,
        OptionalLong.empty());
  }
}
