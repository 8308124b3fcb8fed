package dev.aerostat.simulation;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import java.util.List;
import java.util.stream.Stream;

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

  /** What Linux adds at a time on a PC, and where that begins: its memory block. */
  private static final long MEMORY_BLOCK = 128L << 20;

  /** Linux's page structures: 64 bytes a page of 4 KiB. */
  private static final long PAGE_STRUCTURES_SHARE = 64;

  /**
   * A guest that boots with a part of its memory.
   *
   * @param boot the RAM that it boots with, as {@link #q35} has it
   * @param region what a virtio-mem device has: whole memory blocks, above the rest
   */
  record Pluggable(List<GuestRange> boot, GuestRange region) {
    /** Returns all of the guest's RAM. */
    List<GuestRange> all() {
      return Stream.concat(boot.stream(), Stream.of(region)).toList();
    }

    /** Returns how much it boots with. */
    long bootBytes() {
      return boot.stream().mapToLong(GuestRange::length).sum();
    }
  }

  private GuestLayout() {}

  /**
   * Lays out the RAM of a guest that plugs all of it but what it boots with, in whole memory blocks
   * of 128 MiB.
   *
   * @param memoryBytes all of its RAM, as {@link #q35} takes it
   * @param bootBytes what it boots with, at least; 64 MiB if this is less
   * @throws IllegalArgumentException if nothing is left to plug, addresses end before the memory,
   *     or it boots with less than what the page structures take
   */
  static Pluggable pluggable(long memoryBytes, long bootBytes) {
    long least = Math.max(SMALLEST, bootBytes);
    long length = (memoryBytes - least) / MEMORY_BLOCK * MEMORY_BLOCK;
    if (length <= 0) {
      throw new IllegalArgumentException(
          "a guest of %d MiB that boots with %d MiB or more: expected 128 MiB or more to plug; choose"
                  .formatted(memoryBytes >> 20, (least + (1 << 20) - 1) >> 20)
              + " a larger guest, or one that boots with less");
    }
    List<GuestRange> boot = q35(memoryBytes - length);
    long bootEnd = boot.getLast().end();
    long start = Math.max(HIGH_START, (bootEnd + MEMORY_BLOCK - 1) / MEMORY_BLOCK * MEMORY_BLOCK);
    if (start + length > Pages.ADDRESS_LIMIT) {
      throw new IllegalArgumentException(
          "a guest of %d bytes that plugs %d of them from address %#x on: expected to end at 16 TiB,"
                  .formatted(memoryBytes, length, start)
              + " since PFNs have 32 bits; choose a smaller guest, or one that boots with more");
    }
    if (length / PAGE_STRUCTURES_SHARE > memoryBytes - length) {
      throw new IllegalArgumentException(
          "a guest that boots with %d MiB and plugs %d MiB: expected to boot with a 64th of that or"
                  .formatted((memoryBytes - length) >> 20, length >> 20)
              + " more, which Linux's page structures take; choose one that boots with more");
    }
    return new Pluggable(boot, GuestRange.ofLength(start, length));
  }

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
