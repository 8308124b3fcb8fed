package dev.aerostat.mapper.vfio.iommufd;

import static dev.aerostat.mapper.vfio.backend.Uapi.offset;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.IOAS_IOVA_RANGES;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.IOVA_RANGE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import dev.aerostat.mapper.vfio.backend.AddressRules;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an I/O address space reports about itself (IOMMU_IOAS_IOVA_RANGES).
 *
 * @param alignment bytes that addresses and lengths must be multiples of: the smallest page of the
 *     IOMMUs behind the devices, 1 if there is no device
 * @param iovaRanges ascending
 */
record IommufdInfo(long alignment, List<IovaRange> iovaRanges) {
  private static final long RANGE_COUNT = offset(IOAS_IOVA_RANGES, "num_iovas");
  private static final long RANGES = IOAS_IOVA_RANGES.byteSize();

  /**
   * Asks twice: the first answer, EMSGSIZE, says how much room the second needs. Empty if the
   * kernel does not say.
   */
  static Optional<IommufdInfo> read(Descriptor iommufd, int ioas) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment small = question(arena, ioas, 0);
      int _ = iommufd.ioctl(IommufdConstants.IOAS_IOVA_RANGES, small);
      MemorySegment question = question(arena, ioas, small.get(JAVA_INT, RANGE_COUNT));
      if (iommufd.ioctl(IommufdConstants.IOAS_IOVA_RANGES, question) < 0) {
        return Optional.empty();
      }
      long alignment = question.get(JAVA_LONG, offset(IOAS_IOVA_RANGES, "out_iova_alignment"));
      return Optional.of(new IommufdInfo(alignment, parse(question.asSlice(RANGES))));
    }
  }

  /** With room behind it for the ranges. */
  private static MemorySegment question(Arena arena, int ioas, int room) {
    MemorySegment question = arena.allocate(RANGES + room * IOVA_RANGE.byteSize(), Long.BYTES);
    question.set(JAVA_INT, offset(IOAS_IOVA_RANGES, "size"), (int) RANGES);
    question.set(JAVA_INT, offset(IOAS_IOVA_RANGES, "ioas_id"), ioas);
    question.set(JAVA_INT, RANGE_COUNT, room);
    question.set(JAVA_LONG, offset(IOAS_IOVA_RANGES, "allowed_iovas"), question.address() + RANGES);
    return question;
  }

  private static List<IovaRange> parse(MemorySegment ranges) {
    var parsed = new ArrayList<IovaRange>();
    for (long at = 0; at < ranges.byteSize(); at += IOVA_RANGE.byteSize()) {
      long first = ranges.get(JAVA_LONG, at + offset(IOVA_RANGE, "start"));
      long last = ranges.get(JAVA_LONG, at + offset(IOVA_RANGE, "last"));
      AddressRules.usable(first, last).ifPresent(parsed::add);
    }
    return parsed;
  }

  /** An IOMMU translates pages of 4 KiB or more: what takes less has none behind it. */
  boolean attached() {
    return alignment >= Pages.SIZE;
  }

  AddressRules rules() {
    return new AddressRules(alignment, iovaRanges);
  }
}
