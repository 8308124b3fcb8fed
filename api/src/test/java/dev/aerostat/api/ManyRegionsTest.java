package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A guest whose memory is in thousands of pieces pays for a look-up little more than another. */
final class ManyRegionsTest {
  private static final int PIECES = 4096;
  private static final int GRANULES = 16;
  private static final int ROUNDS = 9;

  /** Twelve steps of a search take this much longer at most; walks through 4,096 take hundreds. */
  private static final int SLOWER = 40;

  private final MemorySegment bytes =
      Arena.ofAuto().allocate(PIECES * GRANULES * Pages.SIZE, Pages.SIZE);

  /** The oracle walks. */
  @Test
  void aGranuleIsFoundInThePieceThatAWalkFindsItIn() {
    Granules granules = Granules.of(pieces(PIECES), Pages.SIZE);
    int index = 0;
    for (MemoryRegion piece : granules.memory().regions()) {
      for (long page = piece.range().firstPage(); page < piece.range().endPage(); page++) {
        assertEquals(page, granules.firstPage(index));
        assertEquals(piece.hostAddress(Pages.toBytes(page)), granules.hostAddress(index));
        index++;
      }
    }
    assertEquals(index, granules.count());
  }

  @Test
  void granulesAreFoundAmongThousandsOfPiecesAlmostAsFastAsInOne() {
    Granules one = Granules.of(pieces(1), Pages.SIZE);
    Granules many = Granules.of(pieces(PIECES), Pages.SIZE);
    assertAlmostAsFast(
        i -> one.firstPage(i) + one.endPage(i) + one.indexOf(one.firstPage(i)),
        i -> many.firstPage(i) + many.endPage(i) + many.indexOf(many.firstPage(i)));
  }

  /** They touch, so all of them are one range of RAM. */
  @Test
  void aRangeOverThousandsOfPiecesIsLookedAtAlmostAsFastAsOverOne() {
    GuestMemory one = pieces(1);
    GuestMemory many = pieces(PIECES);
    assertAlmostAsFast(
        i -> one.containsPages(i & 7, one.endPage()) ? 1 : 0,
        i -> many.containsPages(i & 7, many.endPage()) ? 1 : 0);
  }

  private static void assertAlmostAsFast(IntToLongFunction one, IntToLongFunction many) {
    long inOne = Long.MAX_VALUE;
    long inMany = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      inOne = Math.min(inOne, nanos(one));
      inMany = Math.min(inMany, nanos(many));
    }
    assertTrue(inMany < SLOWER * inOne, inMany + " ns among many, in one " + inOne);
  }

  private static long nanos(IntToLongFunction lookUp) {
    long before = System.nanoTime();
    long sum = 0;
    for (int i = 0; i < PIECES * GRANULES; i++) {
      sum += lookUp.applyAsLong(i);
    }
    long nanos = System.nanoTime() - before;
    assertTrue(sum > 0);
    return nanos;
  }

  /** The same memory in as many pieces, which touch. */
  private GuestMemory pieces(int count) {
    long length = bytes.byteSize() / count;
    List<MemoryRegion> regions =
        LongStream.range(0, count)
            .mapToObj(
                i ->
                    new MemoryRegion(
                        GuestRange.ofLength(i * length, length), bytes.asSlice(i * length, length)))
            .toList();
    return GuestMemory.of(regions);
  }
}
