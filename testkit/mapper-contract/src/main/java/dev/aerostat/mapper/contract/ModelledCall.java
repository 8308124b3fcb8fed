package dev.aerostat.mapper.contract;

import dev.aerostat.api.IovaRange;

/**
 * One call of a random sequence, in pages from the start of the memory and of its addresses.
 *
 * @param map whether it is a map, else an unmap
 * @param firstPage first page
 * @param endPage first page after the range
 * @param hostPage the first page of memory, if it is a map
 */
record ModelledCall(boolean map, int firstPage, int endPage, int hostPage) {
  int pages() {
    return endPage - firstPage;
  }

  /** Returns the same call of the first page alone. */
  ModelledCall ofOnePage() {
    return new ModelledCall(map, firstPage, firstPage + 1, hostPage);
  }

  /** Returns the call in addresses, as a mapper sees them. */
  String on(MapperSubject subject) {
    IovaRange iova = subject.iova(firstPage, pages());
    return map ? "map %s to %s".formatted(iova, subject.host(hostPage)) : "unmap " + iova;
  }
}
