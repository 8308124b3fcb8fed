package dev.aerostat.mapper.vfio;

import static dev.aerostat.mapper.vfio.IommufdLayouts.IOAS_IOVA_RANGES;
import static dev.aerostat.mapper.vfio.IommufdLayouts.IOVA_RANGE;
import static dev.aerostat.mapper.vfio.VfioLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.Errno;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What an I/O address space says of itself (IOMMU_IOAS_IOVA_RANGES).
 *
 * @param alignment bytes that addresses and lengths must be multiples of: the smallest page of the
 *     IOMMUs behind the devices, 1 if there is no device
 * @param iovaRanges ascending
 */
record IoasInfo(long alignment, List<IovaRange> iovaRanges) {
  /** Asks twice: the first answer, EMSGSIZE, says how much room the second needs. */
  static IoasInfo read(SystemCalls calls, int iommufd, int ioas) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment question = arena.allocate(IOAS_IOVA_RANGES);
      int _ = ask(calls, iommufd, ioas, question);
      int room = question.get(JAVA_INT, offset(IOAS_IOVA_RANGES, "num_iovas"));
      MemorySegment ranges = arena.allocate(IOVA_RANGE, Math.max(room, 1));
      question.set(JAVA_LONG, offset(IOAS_IOVA_RANGES, "allowed_iovas"), ranges.address());
      int result = ask(calls, iommufd, ioas, question);
      if (result < 0) {
        throw new IllegalStateException("IOMMU_IOAS_IOVA_RANGES failed: " + Errno.name(-result));
      }
      return new IoasInfo(
          question.get(JAVA_LONG, offset(IOAS_IOVA_RANGES, "out_iova_alignment")), parse(ranges));
    }
  }

  private static int ask(SystemCalls calls, int iommufd, int ioas, MemorySegment question) {
    question.set(JAVA_INT, offset(IOAS_IOVA_RANGES, "size"), (int) question.byteSize());
    question.set(JAVA_INT, offset(IOAS_IOVA_RANGES, "ioas_id"), ioas);
    return calls.ioctl(iommufd, IommufdConstants.IOAS_IOVA_RANGES, question);
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
