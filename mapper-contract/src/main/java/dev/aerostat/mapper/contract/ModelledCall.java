package dev.aerostat.mapper.contract;

/**
 * One call of a random sequence.
 *
 * @param map whether it is a map, else an unmap
 * @param firstPage first page
 * @param endPage first page after the range
 */
record ModelledCall(boolean map, int firstPage, int endPage) {
  int pages() {
    return endPage - firstPage;
  }

  @Override
  public String toString() {
    return "%s [%d, %d)".formatted(map ? "map" : "unmap", firstPage, endPage);
  }
}
