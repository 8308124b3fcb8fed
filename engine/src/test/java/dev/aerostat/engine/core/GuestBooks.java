package dev.aerostat.engine.core;

import dev.aerostat.api.Granules;
import dev.aerostat.api.MemoryRegion;
import java.util.BitSet;
import java.util.Objects;
import java.util.TreeMap;

/** The guest as the test sees it: what is ballooned, what is leaving, what it owns. */
final class GuestBooks {
  final BitSet ram = new BitSet();
  final BitSetTracker balloon;
  final TreeMap<Integer, DeflateBook> deflates = new TreeMap<>();

  GuestBooks(Granules granules) {
    balloon = new BitSetTracker(granules);
    for (MemoryRegion region : granules.memory().regions()) {
      ram.set((int) region.range().firstPage(), (int) region.range().endPage());
    }
  }

  DeflateBook message(int token) {
    return Objects.requireNonNull(deflates.get(token));
  }

  void deflated(int token, long firstPage, long endPage) {
    DeflateBook message = message(token);
    BitSet range = new BitSet();
    range.set((int) firstPage, (int) endPage);
    message.named.or(range);
    range.and(balloon.bits());
    message.leaving.or(range);
    message.pages += endPage - firstPage;
    balloon.deflate(firstPage, endPage);
  }

  /** Gives the pages a device could be told to do DMA to. */
  BitSet owned() {
    BitSet owned = (BitSet) ram.clone();
    owned.andNot(balloon.bits());
    deflates.values().forEach(message -> owned.andNot(message.leaving));
    return owned;
  }

  boolean isWhollyBallooned(GranuleBook book) {
    return balloon.containsAll(book.firstPage, book.endPage);
  }

  boolean isWaitedFor(int granule) {
    return deflates.values().stream().anyMatch(message -> message.waits.get(granule));
  }

  void endWaits(int granule) {
    deflates.values().forEach(message -> message.waits.clear(granule));
  }

  long waits() {
    return deflates.values().stream().mapToLong(message -> message.waits.cardinality()).sum();
  }

  /** Says whether no deflate waits for a map or is half-read. */
  boolean isAnswered() {
    return deflates.values().stream().allMatch(it -> it.whole && it.waits.isEmpty());
  }

  boolean hasWholeUnreturned() {
    return deflates.values().stream().anyMatch(message -> message.whole);
  }

  /** Gives the pages that are mapped and next to be deflated, counted from scratch. */
  long readyPages(HostBooks host) {
    long ready = 0;
    for (int granule : balloon.newestFirst()) {
      GranuleBook book = host.granules[granule];
      if (!book.mapped) {
        break;
      }
      ready += balloon.pagesIn(book.firstPage, book.endPage);
    }
    return ready;
  }

  void reset() {
    balloon.clear();
    deflates.clear();
  }
}
