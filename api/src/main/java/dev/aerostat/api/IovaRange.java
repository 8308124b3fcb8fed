package dev.aerostat.api;

import java.io.Serializable;

/**
 * A half-open range of I/O virtual addresses: what a device puts on the bus and the IOMMU
 * translates. Printed as {@code [0x1000, 0x3000)}.
 *
 * <p>Immutable and safe for use by any thread. In Aerostat an I/O virtual address equals the
 * guest-physical address ({@link #of(GuestRange)}).
 *
 * @param start first address in bytes, a multiple of 4 KiB, 0 or more
 * @param end first address after the range in bytes, a multiple of 4 KiB, greater than {@code
 *     start}, at most 2^62
 */
public record IovaRange(long start, long end) implements Serializable {
  private static final long LIMIT = 1L << 62;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the range is empty, unaligned, negative or beyond 2^62
   */
  public IovaRange {
    RangeChecks.check("IOVA range", start, end, LIMIT);
  }

  /**
   * Returns the range of {@code length} bytes at {@code start}.
   *
   * @param start first address in bytes, a multiple of 4 KiB
   * @param length in bytes, a multiple of 4 KiB, greater than 0
   * @return the range
   * @throws IllegalArgumentException as for the constructor
   */
  public static IovaRange ofLength(long start, long length) {
    return new IovaRange(start, RangeChecks.end("IOVA range", start, length));
  }

  /**
   * Returns the I/O virtual addresses of guest memory: the same numbers.
   *
   * @param range guest-physical addresses
   * @return the range of I/O virtual addresses
   */
  public static IovaRange of(GuestRange range) {
    return new IovaRange(range.start(), range.end());
  }

  /**
   * Returns the length.
   *
   * @return bytes, at least 4096
   */
  public long length() {
    return end - start;
  }

  /**
   * Returns whether {@code other} lies wholly in this range.
   *
   * @param other another range
   * @return true if it does
   */
  public boolean encloses(IovaRange other) {
    return start <= other.start && other.end <= end;
  }

  /**
   * Returns whether the two ranges share a byte.
   *
   * @param other another range
   * @return true if they do
   */
  public boolean overlaps(IovaRange other) {
    return start < other.end && other.start < end;
  }

  @Override
  public String toString() {
    return RangeChecks.print(start, end);
  }
}
