package dev.aerostat.vmm;

/**
 * Runs scenarios one after the other, in one emulated machine: {@code boot:} with what {@link
 * GuestBoot} reads, {@code judge:} with what {@link JudgedBoot} reads. The exit code is 1 if one
 * does not pass.
 */
final class ScenariosInGuest {
  private ScenariosInGuest() {}

  public static void main(String[] scenarios) throws Exception {
    int failed = 0;
    for (String scenario : scenarios) {
      long start = System.nanoTime();
      boolean passed = passes(scenario);
      System.out.printf(
          "SCENARIO %s %s after %.1f s%n",
          scenario, passed ? "passed" : "FAILED", (System.nanoTime() - start) / 1e9);
      System.out.flush();
      failed += passed ? 0 : 1;
    }
    System.exit(failed == 0 ? 0 : 1);
  }

  private static boolean passes(String scenario) throws Exception {
    String[] parts = scenario.split(":", 2);
    return switch (parts[0]) {
      case "boot" -> BootsInGuest.passes(parts[1]);
      case "judge" -> JudgeInGuest.passes(parts[1]);
      default -> throw new IllegalArgumentException("there is no scenario '" + scenario + "'");
    };
  }
}
