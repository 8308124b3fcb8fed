package dev.aerostat.cli.options;

import dev.aerostat.api.Pages;
import dev.aerostat.cli.text.ByteSize;

/**
 * RAM that a simulated guest can have. Immutable.
 *
 * @param size a multiple of 2 MiB from 64 MiB to 16 TiB less 2 GiB
 */
public record GuestSize(ByteSize size) {
  private static final long SMALLEST = 64L << 20;

  /** A q35 guest has a hole of 2 GiB below 4 GiB, and its addresses end at 16 TiB all the same. */
  private static final long LARGEST = Pages.ADDRESS_LIMIT - (2L << 30);

  private static final long STEP = 2L << 20;

  /**
   * Reads a guest's RAM.
   *
   * @param text such as {@code 384G}
   * @return that much
   * @throws IllegalArgumentException if it is no size, or a guest cannot have it: the message names
   *     the text and what was expected
   */
  public static GuestSize parse(String text) {
    ByteSize size = ByteSize.parse(text);
    if (size.bytes() < SMALLEST || size.bytes() > LARGEST) {
      throw new IllegalArgumentException(
          "a guest cannot have '%s': expected 64M to %s (16T less the hole of 2G below 4G)"
              .formatted(text, new ByteSize(LARGEST).exactly()));
    }
    if (size.bytes() % STEP != 0) {
      throw new IllegalArgumentException(
          "a guest cannot have '%s': expected a multiple of 2M".formatted(text));
    }
    return new GuestSize(size);
  }
}
