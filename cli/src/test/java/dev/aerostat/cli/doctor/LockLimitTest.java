package dev.aerostat.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class LockLimitTest {
  @Test
  void capabilityAndLimitSayWhatMayBeLocked() {
    String limits = "Max locked memory         8388608              8388608              bytes";
    assertEquals(
        "8 MiB (RLIMIT_MEMLOCK)", LockLimit.parse("CapEff:\t0000000000000000", limits).toString());
    assertEquals(
        "no limit (CAP_IPC_LOCK)", LockLimit.parse("CapEff:\t0000000000004000", limits).toString());
    assertEquals(
        "unlimited",
        LockLimit.parse("", "Max locked memory  unlimited  unlimited bytes").toString());
    assertEquals("unknown", LockLimit.parse("", "").toString());
  }
}
