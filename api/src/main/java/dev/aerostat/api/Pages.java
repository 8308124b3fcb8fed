package dev.aerostat.api;

/**
 * The 4 KiB page: the unit of PFNs, whatever the page size of guest or host.
 *
 * <p>A page number is a guest-physical address divided by {@link #SIZE}. On the virtio-balloon wire
 * it is 32 bits wide (virtio 1.2, section 5.5.6), so guest-physical addresses end at {@link
 * #ADDRESS_LIMIT}.
 */
public final class Pages {
  /** Base-two logarithm of {@link #SIZE}. */
  public static final int SHIFT = 12;

  /** Bytes in a page. */
  public static final long SIZE = 1L << SHIFT;

  /** First page number that no 32-bit PFN can name. */
  public static final long LIMIT = 1L << 32;

  /** First guest-physical address, in bytes, that no 32-bit PFN can name: 16 TiB. */
  public static final long ADDRESS_LIMIT = LIMIT << SHIFT;

  private Pages() {}

  /**
   * Converts a count of pages, or a page number, to bytes.
   *
   * @param pages in 4 KiB units, 0 to 2^51, exclusive: more bytes than that no number here can hold
   * @return the same in bytes
   */
  public static long toBytes(long pages) {
    return pages << SHIFT;
  }

  /**
   * Converts bytes to pages, rounding down.
   *
   * @param bytes 0 or more
   * @return whole 4 KiB pages in {@code bytes}
   */
  public static long ofBytes(long bytes) {
    return bytes >>> SHIFT;
  }

  /** Returns whether {@code value}, an address or a length in bytes, is a multiple of 4 KiB. */
  static boolean aligned(long value) {
    return (value & (SIZE - 1)) == 0;
  }
}
