package dev.aerostat.vmm;

import dev.aerostat.mapper.vfio.PciAddress;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Boots guests that judge their device's DMA, one after the other, in the emulated machine. A boot
 * that is sabotaged passes if somebody complains of what is wrong. The exit code is 1 if a boot
 * does not pass.
 */
final class JudgeInGuest {
  private static final Pattern COMMA = Pattern.compile(",");

  private JudgeInGuest() {}

  public static void main(String[] boots) throws Exception {
    int failed = 0;
    for (String name : boots) {
      JudgedBoot boot = JudgedBoot.parse(name);
      List<String> complaints =
          new JudgedGuest(boot, device(), line -> boot + "| " + line).complaints();
      boolean passed = boot.sabotage().isNoticed(complaints);
      System.out.printf("JUDGED %s %s %s%n", boot, passed ? "passed" : "FAILED", complaints);
      System.out.flush();
      failed += passed ? 0 : 1;
    }
    System.exit(failed == 0 ? 0 : 1);
  }

  private static PciAddress device() {
    return COMMA
        .splitAsStream(System.getProperty("aerostat.devices", ""))
        .map(PciAddress::new)
        .findFirst()
        .orElseThrow();
  }
}
