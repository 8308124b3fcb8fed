package dev.aerostat.examples;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.RefusalCause;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The memory behind a guest's regions, with what Java alone can do to it: populating leaves it to
 * the first access, discarding writes zeros. Safe for use by any thread.
 */
final class RegionMemory implements HostMemory {
  private final GuestMemory memory;

  RegionMemory(GuestMemory memory) {
    this.memory = memory;
  }

  /** Finds bytes that all lie in one region. */
  Optional<MemorySegment> find(HostAddress start, long bytes) {
    for (MemoryRegion region : memory.regions()) {
      MemorySegment segment = region.segment();
      long offset = start.value() - segment.address();
      if (offset >= 0 && offset <= segment.byteSize() - bytes) {
        return Optional.of(segment.asSlice(offset, bytes));
      }
    }
    return Optional.empty();
  }

  @Override
  public void populate(HostAddress start, long bytes) throws HostRefusedException {
    MemorySegment _ = require(HostOperation.POPULATE, start, bytes);
  }

  @Override
  public void discard(HostAddress start, long bytes) throws HostRefusedException {
    MemorySegment _ = require(HostOperation.DISCARD, start, bytes).fill((byte) 0);
  }

  private MemorySegment require(HostOperation operation, HostAddress start, long bytes)
      throws HostRefusedException {
    return find(start, bytes)
        .orElseThrow(
            () ->
                new HostRefusedException(
                    operation,
                    start.value(),
                    bytes,
                    Errno.EFAULT,
                    new RefusalCause.BadHostAddress(),
                    HostRefusedException.State.UNCHANGED));
  }
}
