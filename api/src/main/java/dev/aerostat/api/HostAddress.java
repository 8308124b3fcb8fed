package dev.aerostat.api;

/**
 * An address in this process, where bytes of guest memory lie.
 *
 * <p>Immutable and safe for use by any thread.
 *
 * @param value the address as an unsigned 64-bit number, a multiple of 4 KiB
 */
public record HostAddress(long value) {
  /**
   * Checks the address.
   *
   * @throws IllegalArgumentException if {@code value} is not a multiple of 4 KiB
   */
  public HostAddress {
    if (!Pages.aligned(value)) {
      throw new IllegalArgumentException(
          "host address 0x%x is not a multiple of 0x%x".formatted(value, Pages.SIZE));
    }
  }

  /**
   * Returns the address {@code bytes} further on.
   *
   * @param bytes a multiple of 4 KiB, 0 or more
   * @return the address
   * @throws IllegalArgumentException if {@code bytes} is negative, or the result is not a multiple
   *     of 4 KiB or passes 2^64
   */
  public HostAddress plus(long bytes) {
    if (bytes < 0 || Long.compareUnsigned(value + bytes, value) < 0) {
      throw new IllegalArgumentException(
          "0x%x bytes on from host address %s: expected 0 or more, and a sum below 2^64"
              .formatted(bytes, this));
    }
    return new HostAddress(value + bytes);
  }

  @Override
  public String toString() {
    return "0x%x".formatted(value);
  }
}
