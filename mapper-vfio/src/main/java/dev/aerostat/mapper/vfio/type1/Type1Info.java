package dev.aerostat.mapper.vfio.type1;

import static dev.aerostat.mapper.vfio.backend.Uapi.offset;
import static dev.aerostat.mapper.vfio.type1.Type1Layouts.CAP_HEADER;
import static dev.aerostat.mapper.vfio.type1.Type1Layouts.INFO;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import dev.aerostat.mapper.vfio.backend.AddressRules;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a container reports about itself (VFIO_IOMMU_GET_INFO).
 *
 * <p>Behind the structure stands a chain of capabilities, each naming the offset of the next. Linux
 * before 6.6 does not align them to 8 bytes, hence the unaligned reads.
 *
 * @param pageSizes one bit a size
 * @param iovaRanges ascending
 * @param entriesLeft mappings that can still be made; empty before Linux 5.10
 */
record Type1Info(long pageSizes, List<IovaRange> iovaRanges, OptionalLong entriesLeft) {
  private static final long RANGE_COUNT = CAP_HEADER.byteSize();
  private static final long RANGES = RANGE_COUNT + 8;
  private static final long RANGE_BYTES = 16;

  /** Asks twice: the first answer says how much room the second needs. */
  static Optional<Type1Info> read(Descriptor container) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment header = arena.allocate(INFO);
      if (ask(container, header) < 0) {
        return Optional.empty();
      }
      long needed = Math.max(header.get(JAVA_INT_UNALIGNED, 0), INFO.byteSize());
      MemorySegment whole = arena.allocate(needed, 8);
      return ask(container, whole) < 0 ? Optional.empty() : Optional.of(parse(whole));
    }
  }

  private static int ask(Descriptor container, MemorySegment info) {
    info.set(JAVA_INT_UNALIGNED, 0, (int) info.byteSize());
    return container.ioctl(Type1Constants.IOMMU_GET_INFO, info);
  }

  static Type1Info parse(MemorySegment info) {
    int flags = info.get(JAVA_INT_UNALIGNED, offset(INFO, "flags"));
    boolean saysSizes = (flags & Type1Constants.INFO_PGSIZES) != 0;
    long pageSizes =
        saysSizes ? info.get(JAVA_LONG_UNALIGNED, offset(INFO, "iova_pgsizes")) : Pages.SIZE;
    List<IovaRange> ranges = List.of(AddressRules.ANYWHERE);
    OptionalLong entries = OptionalLong.empty();
    boolean chained = (flags & Type1Constants.INFO_CAPS) != 0;
    long at = chained ? info.get(JAVA_INT_UNALIGNED, offset(INFO, "cap_offset")) : 0;
    while (at != 0) {
      switch (info.get(JAVA_SHORT_UNALIGNED, at)) {
        case Type1Constants.CAP_IOVA_RANGE -> ranges = ranges(info, at);
        case Type1Constants.CAP_DMA_AVAIL ->
            entries =
                OptionalLong.of(
                    Integer.toUnsignedLong(
                        info.get(JAVA_INT_UNALIGNED, at + CAP_HEADER.byteSize())));
        default -> {}
      }
      at = info.get(JAVA_INT_UNALIGNED, at + offset(CAP_HEADER, "next"));
    }
    return new Type1Info(pageSizes, ranges, entries);
  }

  private static List<IovaRange> ranges(MemorySegment info, long at) {
    int count = info.get(JAVA_INT_UNALIGNED, at + RANGE_COUNT);
    var ranges = new ArrayList<IovaRange>();
    for (int i = 0; i < count; i++) {
      long range = at + RANGES + i * RANGE_BYTES;
      long first = info.get(JAVA_LONG_UNALIGNED, range);
      long last = info.get(JAVA_LONG_UNALIGNED, range + Long.BYTES);
      AddressRules.usable(first, last).ifPresent(ranges::add);
    }
    return ranges;
  }
}
