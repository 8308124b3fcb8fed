package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.mapper.spi.MapperLimits;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GranulePlanTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long PAGE_SIZES = 0x40201000L; // 4 KiB, 2 MiB and 1 GiB.
  private static final long RESERVED = 32;

  @ParameterizedTest
  @CsvSource({
    "8, 65535, 2", // As fine as it goes.
    "384, 65535, 8", // 65,535 mappings of 2 MiB would end at 128 GiB.
    "384, 512, 1024",
    "384, 9223372036854775807, 2", // By iommufd, which sets no limit, as fine as it goes.
    "512, 9223372036854775807, 2",
    "513, 9223372036854775807, 4", // As many as the engine keeps books of.
    "4096, 65535, 128", // 65,536 of 64 MiB are one too many.
    "4096, 512, 16384",
  })
  void theSmallestGranuleThatFitsTheLimitIsTaken(long gib, long entries, long granuleMib) {
    withMemory(
        pc(gib),
        memory -> {
          Granules plan = GranulePlan.of(memory, limits(entries), RESERVED);
          assertEquals(granuleMib * MIB, plan.granuleBytes());
          assertTrue(plan.count() <= entries - RESERVED);
        });
  }

  @Test
  void aMapperWithoutALimitStillKeepsTheBooksSmall() {
    withMemory(
        pc(4096),
        memory -> {
          Granules plan = GranulePlan.of(memory, limits(MapperLimits.UNLIMITED), RESERVED);
          assertTrue(plan.count() <= 1 << 18);
        });
  }

  @Test
  void reservedEntriesAreLeftToTheVmm() {
    withMemory(
        List.of(new GuestRange(0, 64 * MIB)),
        memory -> {
          assertEquals(32, GranulePlan.of(memory, limits(40), 8).count());
          assertEquals(16, GranulePlan.of(memory, limits(40), 9).count());
        });
  }

  @Test
  void aContainerTooSmallForOneMappingARegionIsRefused() {
    withMemory(
        pc(8),
        memory -> {
          assertEquals(2, GranulePlan.of(memory, limits(34), RESERVED).count());
          assertRefused(
              "the container has room for 33 mappings and 32 are reserved, but guest memory has 2"
                  + " regions of at least one mapping each; raise"
                  + " vfio_iommu_type1.dma_entry_limit or reserve less",
              () -> GranulePlan.of(memory, limits(33), RESERVED));
        });
  }

  @Test
  void memoryInAHoleIsRefusedNamingRegionAndHole() {
    var limits =
        new MapperLimits(
            PAGE_SIZES,
            100,
            List.of(new IovaRange(0, 16 * MIB), new IovaRange(32 * MIB, 1L << 40)),
            false);
    withMemory(
        List.of(new GuestRange(0, 64 * MIB)),
        memory ->
            assertRefused(
                "guest RAM [0x0, 0x4000000) reaches outside the IOVA ranges [[0x0, 0x1000000),"
                    + " [0x2000000, 0x10000000000)], into [0x1000000, 0x2000000); place RAM"
                    + " elsewhere",
                () -> GranulePlan.of(memory, limits, 0)));
  }

  @Test
  void memoryBeyondTheLastRangeIsRefusedNamingWhatIsBeyond() {
    var limits = new MapperLimits(PAGE_SIZES, 100, List.of(new IovaRange(0, 16 * MIB)), false);
    withMemory(
        List.of(new GuestRange(8 * MIB, 20 * MIB)),
        memory ->
            assertRefused(
                "guest RAM [0x800000, 0x1400000) reaches outside the IOVA ranges [[0x0,"
                    + " 0x1000000)], into [0x1000000, 0x1400000); place RAM elsewhere",
                () -> GranulePlan.of(memory, limits, 0)));
  }

  @Test
  void memoryThatDoesNotFitTheSmallestPageIsRefused() {
    var limits = new MapperLimits(0x10000, 100, everywhere(), false);
    withMemory(
        List.of(new GuestRange(0x1000, 0x20000)),
        memory ->
            assertRefused(
                "guest RAM [0x1000, 0x20000) does not fit the IOMMU's smallest page of 65536"
                    + " bytes",
                () -> GranulePlan.of(memory, limits, 0)));
  }

  @Test
  void hostMemoryThatDoesNotFitTheSmallestPageIsRefusedNamingItsAddress() {
    var limits = new MapperLimits(0x10000, 100, everywhere(), false);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment bytes = arena.allocate(0x30000, 0x10000);
      GuestMemory askew = oneRegion(new GuestRange(0, 0x20000), bytes.asSlice(0x1000, 0x20000));
      String refusal =
          "guest RAM [0x0, 0x20000) lies at host address 0x%x, which is not a multiple of the IOMMU's smallest page of 65536 bytes; allocate it at one that is"
              .formatted(bytes.address() + 0x1000);
      assertRefused(refusal, () -> GranulePlan.of(askew, limits, 0));
      assertRefused(refusal, () -> GranulePlan.unmerged(askew, limits));
      GuestMemory right = oneRegion(new GuestRange(0, 0x20000), bytes.asSlice(0x10000, 0x20000));
      assertEquals(1, GranulePlan.of(right, limits, 0).count());
    }
  }

  /** No mapping can: the kernel looks for one range that holds it all. */
  @Test
  void memoryOverIovaRangesThatTouchIsRefusedSayingWhereToCutIt() {
    var limits =
        new MapperLimits(
            PAGE_SIZES,
            100,
            List.of(
                new IovaRange(0, MIB),
                new IovaRange(MIB, 16 * MIB),
                new IovaRange(16 * MIB, 32 * MIB)),
            false);
    withMemory(
        List.of(new GuestRange(8 * MIB, 24 * MIB)),
        memory ->
            assertRefused(
                "guest RAM [0x800000, 0x1800000) lies over IOVA ranges that touch at 0x1000000, and"
                    + " no mapping can; make two regions of it that touch there",
                () -> GranulePlan.of(memory, limits, 0)));
    withMemory(
        List.of(new GuestRange(8 * MIB, 16 * MIB), new GuestRange(16 * MIB, 24 * MIB)),
        memory -> assertEquals(8, GranulePlan.of(memory, limits, 0).count()));
    withMemory(
        List.of(new GuestRange(8 * MIB, 40 * MIB)),
        memory -> {
          var refusal =
              assertThrows(IllegalArgumentException.class, () -> GranulePlan.of(memory, limits, 0));
          assertTrue(
              String.valueOf(refusal.getMessage()).contains("into [0x2000000, 0x2800000)"),
              refusal::toString);
        });
  }

  /** Of 2^31 pages and more, one more than an int can count. */
  @Test
  void aGranuleMayBeAsLargeAsAGuestCanBe() {
    withMemory(
        List.of(new GuestRange(0, 8192 * GIB), new GuestRange(8192 * GIB, 9216 * GIB)),
        memory -> {
          Granules plan = GranulePlan.of(memory, limits(2), 0);
          assertEquals(8192 * GIB, plan.granuleBytes());
          assertEquals(1L << 31, plan.endPage(0));
          assertEquals(1, plan.indexOf(1L << 31));
        });
  }

  @Test
  void aGranuleIsNoSmallerThanThePageOfTheIommu() {
    var limits = new MapperLimits(4 * MIB, 100, everywhere(), false);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment bytes = arena.allocate(16 * MIB, 4 * MIB);
      GuestMemory memory = oneRegion(new GuestRange(0, 16 * MIB), bytes);
      assertEquals(4 * MIB, GranulePlan.of(memory, limits, 0).granuleBytes());
    }
  }

  @Test
  void withoutMergingEachPageIsAGranule() {
    withMemory(
        List.of(new GuestRange(0, 8 * MIB)),
        memory -> {
          assertEquals(2048, GranulePlan.unmerged(memory, limits(2048)).count());
          assertRefused(
              "2048 mappings of 4096 bytes are more than the 2047 there is room for; merge pages",
              () -> GranulePlan.unmerged(memory, limits(2047)));
        });
  }

  @Test
  void withoutMergingTheBooksAreBoundedWhateverTheMapperAllows() {
    withMemory(
        pc(128),
        memory ->
            assertRefused(
                "33554432 mappings of 4096 bytes are more than the 16777216 there is room for;"
                    + " merge pages",
                () -> GranulePlan.unmerged(memory, limits(MapperLimits.UNLIMITED))));
  }

  /** A PC's memory: a hole below 4 GiB. */
  private static List<GuestRange> pc(long gib) {
    return List.of(new GuestRange(0, 3 * GIB), new GuestRange(4 * GIB, 4 * GIB + (gib - 3) * GIB));
  }

  private static MapperLimits limits(long entries) {
    return new MapperLimits(PAGE_SIZES, entries, everywhere(), false);
  }

  private static List<IovaRange> everywhere() {
    return List.of(new IovaRange(0, 1L << 48));
  }

  private static void assertRefused(String message, Runnable plan) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, plan::run).getMessage());
  }

  private static GuestMemory oneRegion(GuestRange range, MemorySegment bytes) {
    return GuestMemory.of(List.of(new MemoryRegion(range, bytes)));
  }

  private static void withMemory(List<GuestRange> ranges, Consumer<GuestMemory> test) {
    try (SparseMemory memory = SparseMemory.allocate(ranges)) {
      test.accept(memory.guestMemory());
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
