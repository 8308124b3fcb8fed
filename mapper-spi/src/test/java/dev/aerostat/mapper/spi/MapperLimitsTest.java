package dev.aerostat.mapper.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.IovaRange;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MapperLimitsTest {
  private static final IovaRange LOW = new IovaRange(0, 0xfee0_0000L);
  private static final IovaRange HIGH = new IovaRange(0xfef0_0000L, 1L << 39);
  private static final MapperLimits INTEL =
      new MapperLimits(0x40201000L, 65_535, List.of(LOW, HIGH), false);

  @Test
  void whatCanBeLockedIsWhatBothAllowAndNeverNegative() {
    assertEquals(MapperLimits.UNLIMITED, INTEL.lockableBytes());
    var some = INTEL.withLockableBytes(7);
    assertEquals(7, some.intersect(INTEL).lockableBytes());
    assertEquals(7, INTEL.intersect(some).lockableBytes());
    assertThrows(IllegalArgumentException.class, () -> INTEL.withLockableBytes(-1));
  }

  @Test
  void theSmallestPageIsTheLowestBit() {
    assertEquals(4096, INTEL.smallestPage());
  }

  @Test
  void aRangeIsTranslatedIfOneIovaRangeHoldsAllOfIt() {
    assertTrue(INTEL.translates(LOW));
    assertTrue(INTEL.translates(new IovaRange(1L << 32, 1L << 33)));
    assertFalse(INTEL.translates(new IovaRange(0xfedf_f000L, 0xfee0_1000L)));
    assertFalse(INTEL.translates(new IovaRange(0, 1L << 33)));
  }

  @Test
  void twoMappersAllowWhatBothAllow() {
    var other =
        new MapperLimits(
            0x200000, MapperLimits.UNLIMITED, List.of(new IovaRange(0x1000, 1L << 33)), true);
    assertEquals(
        new MapperLimits(
            0x200000,
            65_535,
            List.of(new IovaRange(0x1000, LOW.end()), new IovaRange(HIGH.start(), 1L << 33)),
            false),
        INTEL.intersect(other));
    assertEquals(INTEL.intersect(other), other.intersect(INTEL));
    assertEquals(INTEL, INTEL.intersect(INTEL));
  }

  @Test
  void withoutACommonPageSizeTheLargerOfTheSmallestCounts() {
    var arm = new MapperLimits(0x10000, 7, List.of(LOW), true);
    assertEquals(0x10000, INTEL.intersect(arm).pageSizes());
  }

  @Test
  void mappersWithoutACommonAddressCannotWorkTogether() {
    var low = new MapperLimits(0x1000, 1, List.of(LOW), true);
    var high = new MapperLimits(0x1000, 1, List.of(HIGH), true);
    assertThrows(IllegalArgumentException.class, () -> low.intersect(high));
  }

  @Test
  void limitsThatCannotBeAreRefused() {
    assertRefused(0, 1, List.of(LOW));
    assertRefused(0x1000, -1, List.of(LOW));
    assertRefused(0x1000, 1, List.of());
    assertRefused(0x1000, 1, List.of(HIGH, LOW));
    assertRefused(0x1000, 1, List.of(LOW, LOW));
  }

  private static void assertRefused(long pageSizes, long entries, List<IovaRange> ranges) {
    assertThrows(
        IllegalArgumentException.class, () -> new MapperLimits(pageSizes, entries, ranges, false));
  }
}
