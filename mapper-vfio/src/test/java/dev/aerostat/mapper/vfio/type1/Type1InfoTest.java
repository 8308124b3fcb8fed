package dev.aerostat.mapper.vfio.type1;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.IovaRange;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class Type1InfoTest {
  private static final long PAGE_SIZES = 0x40201000L;

  /** As Linux 6.1 lays it out: the second capability lies at an odd multiple of 4. */
  @Test
  void capabilitiesAreFoundWhereverTheyLie() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = header(arena, 24);
      capability(info, 24, Type1Constants.CAP_DMA_AVAIL, 36);
      info.set(JAVA_INT_UNALIGNED, 32, 65_535);
      capability(info, 36, 77, 44);
      capability(info, 44, Type1Constants.CAP_IOVA_RANGE, 0);
      range(info, 44, 0, 0, 0xfedf_ffffL);
      range(info, 44, 1, 0xfef0_0000L, (1L << 39) - 1);
      info.set(JAVA_INT_UNALIGNED, 52, 2);
      assertEquals(
          new Type1Info(
              PAGE_SIZES,
              List.of(new IovaRange(0, 0xfee0_0000L), new IovaRange(0xfef0_0000L, 1L << 39)),
              OptionalLong.of(65_535)),
          Type1Info.parse(info));
    }
  }

  @Test
  void rangesThatEndWith64BitsAreCutToWhatAnAddressCanBe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = header(arena, 24);
      capability(info, 24, Type1Constants.CAP_IOVA_RANGE, 0);
      info.set(JAVA_INT_UNALIGNED, 32, 2);
      range(info, 24, 0, 0x1000, -1);
      range(info, 24, 1, 1L << 63, -1);
      assertEquals(List.of(new IovaRange(0x1000, 1L << 62)), Type1Info.parse(info).iovaRanges());
    }
  }

  @Test
  void aKernelThatNamesNoCapabilitiesTranslatesAllAndCountsNothing() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = header(arena, 0);
      info.set(JAVA_INT_UNALIGNED, 4, 0);
      assertEquals(
          new Type1Info(4096, List.of(new IovaRange(0, 1L << 62)), OptionalLong.empty()),
          Type1Info.parse(info));
    }
  }

  private static MemorySegment header(Arena arena, int capabilityOffset) {
    MemorySegment info = arena.allocate(256, 8);
    info.set(JAVA_INT_UNALIGNED, 4, Type1Constants.INFO_PGSIZES | Type1Constants.INFO_CAPS);
    info.set(JAVA_LONG_UNALIGNED, 8, PAGE_SIZES);
    info.set(JAVA_INT_UNALIGNED, 16, capabilityOffset);
    return info;
  }

  private static void capability(MemorySegment info, long at, int id, int next) {
    info.set(JAVA_SHORT_UNALIGNED, at, (short) id);
    info.set(JAVA_INT_UNALIGNED, at + 4, next);
  }

  private static void range(MemorySegment info, long capability, int index, long first, long last) {
    info.set(JAVA_LONG_UNALIGNED, capability + 16 + index * 16L, first);
    info.set(JAVA_LONG_UNALIGNED, capability + 24 + index * 16L, last);
  }
}
