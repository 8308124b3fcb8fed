package dev.aerostat.examples;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * The memory behind a guest's regions, with what Java alone can do to it: populating adds nothing
 * to a number in each page, atomically, since the guest may write to it at the same time;
 * discarding writes zeros. Safe for use by any thread.
 */
final class RegionMemory implements HostMemory {
  private static final VarHandle NUMBER = ValueLayout.JAVA_INT.varHandle();

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
    MemorySegment segment = require(HostOperation.POPULATE, start, bytes);
    for (long offset = 0; offset < bytes; offset += Pages.SIZE) {
      int _ = (int) NUMBER.getAndAdd(segment, offset, 0);
    }
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
