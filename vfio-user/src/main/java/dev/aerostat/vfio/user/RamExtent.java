package dev.aerostat.vfio.user;

/**
 * Guest memory that is one piece of a file.
 *
 * @param file which
 * @param distance file offset less guest-physical address: the same wherever in the piece
 * @param span guest-physical addresses
 */
record RamExtent(FileIdentity file, long distance, Span span) {
  /** Chipsets of PCs move ROMs and video memory over RAM below 1 MiB only. */
  private static final long END_OF_ROMS = 1 << 20;

  /**
   * Which file.
   *
   * @param device names the file system
   * @param number names the file in it
   */
  record FileIdentity(long device, long number) {}

  long fileOffset() {
    return span.start() + distance;
  }

  private boolean isOfSamePiece(RamExtent other) {
    return file.equals(other.file) && distance == other.distance;
  }

  boolean contains(RamExtent other) {
    return isOfSamePiece(other) && span.contains(other.span);
  }

  /** Returns whether both are one piece, with nothing between them but what a ROM may cover. */
  boolean goesOnAs(RamExtent next) {
    boolean follows = span.end() == next.span.start() || next.span.start() <= END_OF_ROMS;
    return isOfSamePiece(next) && follows;
  }

  RamExtent until(RamExtent last) {
    return new RamExtent(file, distance, new Span(span.start(), last.span.end()));
  }
}
