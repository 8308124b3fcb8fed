package dev.aerostat.mapper.sim;

import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import java.util.Optional;

/**
 * The mappings of one container: disjoint, never merged. Two bits a page, one set if it is covered
 * and one set if a mapping begins there, so that a hundred million mappings of one page fit.
 *
 * <p>Not thread-safe.
 */
final class ContainerMappings {
  private final PageBitSet covered = new PageBitSet();
  private final PageBitSet firstPages = new PageBitSet();

  long count() {
    return firstPages.size();
  }

  long pages() {
    return covered.size();
  }

  void add(IovaRange iova) {
    long first = Pages.ofBytes(iova.start());
    covered.add(first, Pages.ofBytes(iova.end()));
    firstPages.add(first, first + 1);
  }

  /** Removes what lies in a range, which must cut no mapping, and returns how much that was. */
  Removed removeAllIn(IovaRange iova) {
    long first = Pages.ofBytes(iova.start());
    long end = Pages.ofBytes(iova.end());
    return new Removed(firstPages.remove(first, end), covered.remove(first, end));
  }

  Removed clear() {
    var removed = new Removed(count(), pages());
    covered.clear();
    firstPages.clear();
    return removed;
  }

  /** Finds the mapping with the lowest address that shares a byte with a range. */
  Optional<IovaRange> firstIn(IovaRange iova) {
    long end = Pages.ofBytes(iova.end());
    long page = covered.next(Pages.ofBytes(iova.start()), end);
    return page == end ? Optional.empty() : Optional.of(holding(page));
  }

  /** Finds the mapping with the lowest address that a range cuts. */
  Optional<IovaRange> cutBy(IovaRange iova) {
    return cutAt(iova.start()).or(() -> cutAt(iova.end()));
  }

  private Optional<IovaRange> cutAt(long address) {
    long page = Pages.ofBytes(address);
    boolean cut = covered.contains(page) && !firstPages.contains(page);
    return cut ? Optional.of(holding(page)) : Optional.empty();
  }

  private IovaRange holding(long page) {
    long end = covered.nextAbsent(page, firstPages.next(page + 1, Long.MAX_VALUE));
    return new IovaRange(Pages.toBytes(firstPages.previous(page)), Pages.toBytes(end));
  }

  /**
   * What an unmap took away.
   *
   * @param mappings their number
   * @param pages the 4 KiB pages in all of them
   */
  record Removed(long mappings, long pages) {
    static final Removed NOTHING = new Removed(0, 0);

    long bytes() {
      return Pages.toBytes(pages);
    }
  }
}
