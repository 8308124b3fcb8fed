package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Our driver for 2 MiB balloon pages ({@code guest-linux}) in Debian's kernels, and its log. */
final class HugePageDriver {
  static final String LINUX_6_1 = "6.1";
  static final String LINUX_6_12 = "6.12";

  private HugePageDriver() {}

  /**
   * Builds the driver for a kernel; skips the test, with the reason, where that or the guest cannot
   * be.
   */
  static void prepare(String series) {
    String whyNot = LinuxGuest.whyNot(LinuxGuest.HUGE_PAGES, series);
    Assumptions.assumeTrue(whyNot.isEmpty(), whyNot);
  }

  /** Boots a guest and loads the driver. */
  static Machine start(ServedSetup setup, int mebibytes, String series) throws Exception {
    return Machine.start(setup, LinuxGuest.HUGE_PAGES, mebibytes, series);
  }

  /** Returns what the driver has logged, and the core of virtio for it. */
  static List<String> log(LinuxGuest guest) {
    return guest.run("dmesg | grep aerostat_balloon");
  }

  static void assertNoKernelWarning(LinuxGuest guest) {
    List<String> warnings = guest.run("dmesg | grep -E 'WARNING:|BUG:|Oops|Call Trace'");
    assertEquals(List.of(), warnings, () -> kernelLog(guest));
  }

  /** Returns all that a guest's kernel has logged. */
  static String kernelLog(LinuxGuest guest) {
    return "the kernel's log:\n" + String.join("\n", guest.run("dmesg"));
  }
}
