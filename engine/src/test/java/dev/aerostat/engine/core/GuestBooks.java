package dev.aerostat.engine.core;

import dev.aerostat.api.Granules;
import dev.aerostat.api.MemoryRegion;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;

/** The guest as the test sees it: what is ballooned, leaving, plugged, and what it owns. */
final class GuestBooks {
  /** What it has from the start. */
  final BitSet ram = new BitSet();

  final PlugBooks plugs;
  final BitSetTracker balloon;
  final ReturnOrderModel returnOrder;

  /** Pages whose inflate was read before a deflate of them was returned: the guest has them. */
  private final BitSet returnedInBalloon = new BitSet();

  final TreeMap<Integer, DeflateBook> deflates = new TreeMap<>();

  private final Granules granules;

  GuestBooks(Granules granules, PlugPlan pluggable, IntPredicate mapped) {
    this.granules = granules;
    this.plugs = new PlugBooks(granules, pluggable);
    balloon = new BitSetTracker(granules);
    returnOrder = new ReturnOrderModel(granules, balloon, mapped);
    for (MemoryRegion region : granules.memory().regions()) {
      ram.set((int) region.range().firstPage(), (int) region.range().endPage());
    }
    ram.andNot(plugs.region);
  }

  DeflateBook message(int token) {
    return Objects.requireNonNull(deflates.get(token));
  }

  void inflated(long firstPage, long endPage, boolean descending) {
    returnedInBalloon.clear((int) firstPage, (int) endPage);
    forEachGranule(
        firstPage,
        endPage,
        descending,
        (granule, first, end) -> {
          if (!plugs.contains(granule)) {
            returnOrder.inflate(granule, first, end, descending);
          }
        });
  }

  private void forEachGranule(long firstPage, long endPage, boolean descending, Piece piece) {
    List<Integer> touched =
        LongStream.range(firstPage, endPage).mapToObj(granules::indexOf).distinct().toList();
    for (int granule : descending ? touched.reversed() : touched) {
      piece.take(
          granule,
          Math.max(firstPage, granules.firstPage(granule)),
          Math.min(endPage, granules.endPage(granule)));
    }
  }

  private interface Piece {
    void take(int granule, long firstPage, long endPage);
  }

  void deflated(int token, long firstPage, long endPage) {
    DeflateBook message = message(token);
    BitSet range = new BitSet();
    range.set((int) firstPage, (int) endPage);
    range.andNot(plugs.region);
    message.named.or(range);
    range.and(balloon.bits());
    message.leaving.or(range);
    message.pages += endPage - firstPage;
    forEachGranule(
        firstPage, endPage, false, (g, first, end) -> returnOrder.deflate(g, first, end));
  }

  /** A page returns with its deflate, also if it was inflated again while that was pending. */
  void returned(DeflateBook message) {
    BitSet again = (BitSet) message.named.clone();
    again.and(balloon.bits());
    returnedInBalloon.or(again);
  }

  /** Returns the pages a device could be told to do DMA to. */
  BitSet owned() {
    BitSet owned = (BitSet) ram.clone();
    owned.andNot(balloon.bits());
    deflates.values().forEach(message -> owned.andNot(message.leaving));
    owned.or(returnedInBalloon);
    owned.or(plugs.plugged);
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

  /** Returns whether no deflate waits for a map or is half-read. */
  boolean isAnswered() {
    return deflates.values().stream().allMatch(it -> it.whole && it.waits.isEmpty());
  }

  boolean hasWholeUnreturned() {
    return deflates.values().stream().anyMatch(message -> message.whole);
  }

  void reset() {
    balloon.clear();
    returnedInBalloon.clear();
    returnOrder.startOver();
    deflates.clear();
  }
}
