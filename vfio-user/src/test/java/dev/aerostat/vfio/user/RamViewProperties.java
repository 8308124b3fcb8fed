package dev.aerostat.vfio.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What the guest's memory is, whatever a chipset does to the lowest MiB of it. */
final class RamViewProperties {
  private static final long PAGE = 4096;
  private static final long MIB = 1 << 20;
  private static final RamExtent.FileIdentity FILE = new RamExtent.FileIdentity(1, 7);

  private record Piece(long start, long end, int kind) {}

  /** Of each 16 KiB of a MiB, by turns: memory, memory not to be written, no memory. */
  private static List<Piece> lowMemory(Random random, long end) {
    var pieces = new ArrayList<Piece>();
    long at = 0;
    while (at < MIB) {
      long next = Math.min(MIB, at + (1L + random.nextInt(16)) * 4 * PAGE);
      pieces.add(new Piece(at, next, at == 0 ? 0 : random.nextInt(3)));
      at = next;
    }
    pieces.add(new Piece(MIB, end, 0));
    return pieces;
  }

  private static void map(RamView view, Piece piece) throws RefusedException {
    var map =
        new DmaMap(
            piece.kind == 0, piece.kind == 2 ? 0 : piece.start, new Span(piece.start, piece.end));
    boolean _ = view.map(map, piece.kind == 2 ? Optional.empty() : Optional.of(FILE));
  }

  @Property(tries = 300)
  void memoryIsTheSameWhateverRomsCoverAndItsLateMapsAreKnown(@ForAll long seed)
      throws RefusedException {
    var random = new Random(seed);
    long end = MIB + (1L + random.nextInt(64)) * MIB;
    var view = new RamView();
    List<Piece> now = lowMemory(random, end);
    for (Piece piece : now) {
      map(view, piece);
    }
    assertEquals(List.of(new RamExtent(FILE, 0, new Span(0, end))), view.extents());
    for (int change = 0; change < 10; change++) {
      for (Piece piece : now) {
        view.unmap(new DmaUnmap(false, new Span(piece.start, piece.end)));
      }
      now = lowMemory(random, end);
      for (Piece piece : now) {
        map(view, piece);
      }
    }
    assertEquals(List.of(new RamExtent(FILE, 0, new Span(0, end))), view.extents());
  }

  /** The oracle knows each page: which file's, and whether it is mapped. */
  @Property(tries = 300)
  void pagesThatNobodyMappedAreNoMemoryAboveTheRoms(@ForAll long seed) throws RefusedException {
    var random = new Random(seed);
    var view = new RamView();
    var pages = new TreeMap<Long, Long>();
    for (int i = 0; i < 40; i++) {
      long start = i == 0 ? 0 : MIB + random.nextInt(200) * PAGE;
      long end = i == 0 ? MIB : start + (1L + random.nextInt(20)) * PAGE;
      long distance = random.nextInt(2) * 1024L * MIB;
      boolean free = pages.subMap(start / PAGE, end / PAGE).isEmpty();
      var map = new DmaMap(true, start + distance, new Span(start, end));
      if (free) {
        assertTrue(view.map(map, Optional.of(FILE)));
        for (long page = start / PAGE; page < end / PAGE; page++) {
          pages.put(page, distance);
        }
      } else {
        var refusal = assertThrows(RefusedException.class, () -> view.map(map, Optional.of(FILE)));
        assertEquals(17, refusal.errno());
      }
    }
    var found = new TreeMap<Long, Long>();
    for (RamExtent extent : view.extents()) {
      for (long at = extent.span().start(); at < extent.span().end(); at += PAGE) {
        found.put(at / PAGE, extent.distance());
      }
    }
    assertEquals(pages, found);
  }
}
