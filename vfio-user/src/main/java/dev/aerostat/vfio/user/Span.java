package dev.aerostat.vfio.user;

import dev.aerostat.api.Pages;

/**
 * Addresses of a device's DMA: whole pages, and wider than guest memory can be, as BARs of other
 * devices are among them.
 *
 * @param start inclusive, a multiple of 4 KiB, 0 or more
 * @param end exclusive
 */
record Span(long start, long end) {
  static Span of(long address, long bytes) throws RefusedException {
    boolean fits = address >= 0 && bytes > 0 && bytes <= Long.MAX_VALUE - address;
    if (!fits || (address | bytes) % Pages.SIZE != 0) {
      throw new RefusedException(
          "0x%x bytes at address 0x%x: expected multiples of 0x%x, below 2^63"
              .formatted(bytes, address, Pages.SIZE));
    }
    return new Span(address, address + bytes);
  }

  long bytes() {
    return end - start;
  }

  boolean contains(Span other) {
    return start <= other.start && other.end <= end;
  }

  boolean overlaps(Span other) {
    return start < other.end && other.start < end;
  }

  @Override
  public String toString() {
    return "[0x%x, 0x%x)".formatted(start, end);
  }
}
