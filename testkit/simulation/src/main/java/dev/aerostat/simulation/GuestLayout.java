package dev.aerostat.simulation;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import java.util.List;

/**
 * Where a PC of the q35 kind has its RAM: up to 2 GiB from 0 on, the rest from 4 GiB on (QEMU,
 * {@code hw/i386/pc_q35.c}: RAM below 4 GiB ends at 0x80000000 where there is more than fits).
 */
public final class GuestLayout {
  private static final long LOW_END = 2L << 30;
  private static final long HIGH_START = 4L << 30;
  private static final long SMALLEST = 64L << 20;
  private static final long UNIT = 2L << 20;

  /** The largest guest, in bytes: 16 TiB of addresses less the hole of 2 GiB below 4 GiB. */
  public static final long LARGEST = Pages.ADDRESS_LIMIT - (HIGH_START - LOW_END);

  private GuestLayout() {}

  /**
   * Lays out a guest's RAM.
   *
   * @param memoryBytes a multiple of 2 MiB, 64 MiB to {@link #LARGEST}
   * @return one range, or two with the hole between them
   * @throws IllegalArgumentException if the size is not such a one
   */
  public static List<GuestRange> q35(long memoryBytes) {
    if (memoryBytes < SMALLEST || memoryBytes > LARGEST || memoryBytes % UNIT != 0) {
      throw new IllegalArgumentException(
          "guest memory of %d bytes: expected a multiple of 2 MiB from 64 MiB to 16 TiB less 2 GiB,"
                  .formatted(memoryBytes)
              + " since PFNs have 32 bits");
    }
    if (memoryBytes <= LOW_END) {
      return List.of(new GuestRange(0, memoryBytes));
    }
    return List.of(
        new GuestRange(0, LOW_END), GuestRange.ofLength(HIGH_START, memoryBytes - LOW_END));
  }
}
