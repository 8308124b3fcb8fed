package dev.aerostat.mapper.contract;

import static dev.aerostat.api.HostOperation.DISCARD;
import static dev.aerostat.api.HostOperation.POPULATE;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** What a mapper's host memory must do. */
final class MemoryClauses {
  private static final long FRESH_BYTES = 4 << 20;

  private MemoryClauses() {}

  static void absent(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      HostMemory memory = subject.mapper().hostMemory();
      requireRefused(POPULATE, subject.bytes(2), memory::populate);
      requireRefused(DISCARD, subject.bytes(2), memory::discard);
    }
  }

  /** Requires that memory where this process has none is refused, and named. */
  static void requireRefused(HostOperation operation, long bytes, MemoryCall call) {
    try {
      call.of(MapperSubject.NOWHERE, bytes);
    } catch (HostRefusedException refusal) {
      BrokenClauseError.unlessEqual("what was refused", operation, refusal.operation());
      BrokenClauseError.unlessEqual(
          "address of the refusal", MapperSubject.NOWHERE.value(), refusal.start());
      BrokenClauseError.unlessEqual("bytes of the refusal", bytes, refusal.bytes());
      if (refusal.state() == HostRefusedException.State.LOST || refusal.errno() <= 0) {
        throw BrokenClauseError.of(
            "a refusal of " + operation,
            "an error number and a state other than LOST",
            "errno %d and %s".formatted(refusal.errno(), refusal.state()));
      }
      return;
    }
    throw BrokenClauseError.of(
        "%s of memory that this process does not have".formatted(operation),
        "a refusal",
        "it done");
  }

  /** Looks only where the system reports which pages are there, and the host touches them. */
  static void found(MapperSource source) throws HostRefusedException {
    var range = GuestRange.ofLength(MapperSubject.START, FRESH_BYTES);
    try (SparseMemory fresh = SparseMemory.allocate(List.of(range));
        var mapper = source.open(fresh.guestMemory())) {
      MemoryRegion region = fresh.guestMemory().region(0);
      HostAddress start = region.hostAddress(range.start());
      mapper.hostMemory().populate(start, FRESH_BYTES);
      if (resident(start) == FRESH_BYTES) {
        return;
      }
      try {
        mapper.map(new IovaRange(range.start(), range.end()), start);
      } catch (HostRefusedException refusal) {
        throw new NotApplicableException("this host does not map files: " + refusal.getMessage());
      }
      if (resident(start) == FRESH_BYTES) {
        throw BrokenClauseError.of(
            "pages of fresh memory", "all there once populated", "them there only once mapped");
      }
      throw new NotApplicableException("the host of this mapper touches no memory");
    } catch (IOException failure) {
      throw new NotApplicableException("no file for fresh memory: " + failure.getMessage());
    }
  }

  private static long resident(HostAddress start) {
    OptionalLong resident = ResidentBytes.at(start, FRESH_BYTES);
    return resident.orElseThrow(
        () -> new NotApplicableException("this system does not tell which pages are there"));
  }

  /** Populates or discards. */
  interface MemoryCall {
    void of(HostAddress start, long bytes) throws HostRefusedException;
  }
}
