package dev.aerostat.api;

/**
 * A half-open range of guest-physical addresses, printed as {@code [0x1000, 0x3000)}.
 *
 * <p>Immutable and safe for use by any thread.
 *
 * @param start first address in bytes, a multiple of 4 KiB, 0 or more
 * @param end first address after the range in bytes, a multiple of 4 KiB, greater than {@code
 *     start}, at most {@link Pages#ADDRESS_LIMIT}
 */
public record GuestRange(long start, long end) implements Comparable<GuestRange> {
  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the range is empty, unaligned, negative or beyond 16 TiB
   */
  public GuestRange {
    RangeChecks.check("guest range", start, end, Pages.ADDRESS_LIMIT);
  }

  /**
   * Returns the range of {@code length} bytes at {@code start}.
   *
   * @param start first address in bytes, a multiple of 4 KiB
   * @param length in bytes, a multiple of 4 KiB, greater than 0
   * @return the range
   * @throws IllegalArgumentException as for the constructor
   */
  public static GuestRange ofLength(long start, long length) {
    return new GuestRange(start, RangeChecks.end("guest range", start, length));
  }

  /**
   * Creates the range of the pages {@code [firstPage, endPage)}.
   *
   * @param firstPage first page number, in 4 KiB units, 0 or more
   * @param endPage first page number after the range, greater than {@code firstPage}, at most
   *     {@link Pages#LIMIT}
   * @return the range in bytes
   * @throws IllegalArgumentException if the range is empty, negative or beyond 16 TiB
   */
  public static GuestRange ofPages(long firstPage, long endPage) {
    RangeChecks.checkPages(firstPage, endPage);
    return new GuestRange(Pages.toBytes(firstPage), Pages.toBytes(endPage));
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
   * Returns the first page number.
   *
   * @return {@code start} in 4 KiB units
   */
  public long firstPage() {
    return Pages.ofBytes(start);
  }

  /**
   * Returns the first page number after the range.
   *
   * @return {@code end} in 4 KiB units
   */
  public long endPage() {
    return Pages.ofBytes(end);
  }

  /**
   * Returns whether {@code address} lies in the range.
   *
   * @param address any guest-physical address in bytes
   * @return true if it does
   */
  public boolean contains(long address) {
    return address >= start && address < end;
  }

  /**
   * Returns whether the two ranges share a byte.
   *
   * @param other another range
   * @return true if they do
   */
  public boolean overlaps(GuestRange other) {
    return start < other.end && other.start < end;
  }

  /** Orders by start, then by end. */
  @Override
  public int compareTo(GuestRange other) {
    int byStart = Long.compare(start, other.start);
    return byStart != 0 ? byStart : Long.compare(end, other.end);
  }

  @Override
  public String toString() {
    return RangeChecks.print(start, end);
  }
}
