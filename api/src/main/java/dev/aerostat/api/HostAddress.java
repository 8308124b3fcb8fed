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
   * Gives the address {@code bytes} further on.
   *
   * @param bytes a multiple of 4 KiB
   * @return the address
   * @throws IllegalArgumentException if the result is not a multiple of 4 KiB
   */
  public HostAddress plus(long bytes) {
    return new HostAddress(value + bytes);
  }

  @Override
  public String toString() {
    return "0x%x".formatted(value);
  }
}
