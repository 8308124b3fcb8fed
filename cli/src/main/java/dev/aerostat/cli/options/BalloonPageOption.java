package dev.aerostat.cli.options;

import dev.aerostat.cli.text.ByteSize;

/**
 * What a guest balloons at a time. Immutable.
 *
 * @param size 4 KiB as every stock driver does, or 2 MiB as a patched one does
 */
public record BalloonPageOption(ByteSize size) {
  /** 4 KiB. */
  public static final BalloonPageOption SMALL = new BalloonPageOption(new ByteSize(4L << 10));

  /** 2 MiB. */
  public static final BalloonPageOption LARGE = new BalloonPageOption(new ByteSize(2L << 20));

  /**
   * Reads a size of balloon pages.
   *
   * @param text such as {@code 4K} or {@code 2M}
   * @return that size
   * @throws IllegalArgumentException if it is another: the message names the text and what was
   *     expected
   */
  public static BalloonPageOption parse(String text) {
    var page = new BalloonPageOption(ByteSize.parse(text));
    if (!page.equals(SMALL) && !page.equals(LARGE)) {
      throw new IllegalArgumentException(
          "'%s' is not a size of balloon pages: expected 4K or 2M".formatted(text));
    }
    return page;
  }
}
