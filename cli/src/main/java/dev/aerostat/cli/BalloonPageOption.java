package dev.aerostat.cli;

/**
 * What a guest balloons at a time. Immutable.
 *
 * @param size 4 KiB as every stock driver does, or 2 MiB as a patched one does
 */
record BalloonPageOption(ByteSize size) {
  static final BalloonPageOption SMALL = new BalloonPageOption(new ByteSize(4L << 10));
  static final BalloonPageOption LARGE = new BalloonPageOption(new ByteSize(2L << 20));

  static BalloonPageOption parse(String text) {
    var page = new BalloonPageOption(ByteSize.parse(text));
    if (!page.equals(SMALL) && !page.equals(LARGE)) {
      throw new IllegalArgumentException(
          "'%s' is not a size of balloon pages: expected 4K or 2M".formatted(text));
    }
    return page;
  }
}
