package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.TimeSpan;

/** What a boot is unless the user chooses otherwise. */
final class Defaults {
  static final TimeSpan DRIVER_AFTER = TimeSpan.parse("1s");
  static final long SEED = 0;

  private static final long PAGE_STRUCTURES_SHARE = 64;
  private static final long KERNEL_AND_FIRST_PROCESSES = 1L << 30;

  private Defaults() {}

  /**
   * Returns what is kept out of the balloon: Linux's page structures, a 64th of memory, and 1 GiB
   * to boot in, but never more than half.
   */
  static ByteSize resident(ByteSize memory) {
    long wanted = memory.bytes() / PAGE_STRUCTURES_SHARE + KERNEL_AND_FIRST_PROCESSES;
    return new ByteSize(Math.min(wanted, memory.bytes() / 2));
  }
}
