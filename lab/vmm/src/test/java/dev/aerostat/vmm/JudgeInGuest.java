package dev.aerostat.vmm;

import java.util.List;

/**
 * Boots a guest that judges its device's DMA, in the emulated machine. A boot that is sabotaged
 * passes if somebody complains of what is wrong.
 */
final class JudgeInGuest {
  private JudgeInGuest() {}

  /** Boots a guest, named as {@link JudgedBoot} reads it, and lists what is to complain of. */
  static boolean passes(String name) throws Exception {
    JudgedBoot boot = JudgedBoot.parse(name);
    List<String> complaints =
        new JudgedGuest(boot, MachineDevice.address(), line -> boot + "| " + line).complaints();
    boolean passed = boot.sabotage().isNoticed(complaints);
    System.out.printf("JUDGED %s %s %s%n", boot, passed ? "passed" : "FAILED", complaints);
    return passed;
  }
}
