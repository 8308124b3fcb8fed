package dev.aerostat.mapper.vfio.type1;

import static dev.aerostat.mapper.vfio.backend.Uapi.offset;
import static dev.aerostat.mapper.vfio.type1.Type1Layouts.DMA_MAP;
import static dev.aerostat.mapper.vfio.type1.Type1Layouts.DMA_UNMAP;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The two calls that a mapper lives on. Their structures are each thread's own and used again, so
 * that a call allocates nothing.
 *
 * @param container an open one
 */
record Type1Calls(Descriptor container) {
  private static final long MAP_VADDR = offset(DMA_MAP, "vaddr");
  private static final long MAP_IOVA = offset(DMA_MAP, "iova");
  private static final long MAP_SIZE = offset(DMA_MAP, "size");
  private static final long UNMAP_FLAGS = offset(DMA_UNMAP, "flags");
  private static final long UNMAP_IOVA = offset(DMA_UNMAP, "iova");
  private static final long UNMAP_SIZE = offset(DMA_UNMAP, "size");

  private static final ThreadLocal<MemorySegment> MAP =
      ThreadLocal.withInitial(
          () -> {
            MemorySegment map = Arena.ofAuto().allocate(DMA_MAP);
            map.set(JAVA_INT, offset(DMA_MAP, "argsz"), (int) DMA_MAP.byteSize());
            map.set(
                JAVA_INT,
                offset(DMA_MAP, "flags"),
                Type1Constants.DMA_MAP_FLAG_READ | Type1Constants.DMA_MAP_FLAG_WRITE);
            return map;
          });

  private static final ThreadLocal<MemorySegment> UNMAP =
      ThreadLocal.withInitial(
          () -> {
            MemorySegment unmap = Arena.ofAuto().allocate(DMA_UNMAP);
            unmap.set(JAVA_INT, offset(DMA_UNMAP, "argsz"), (int) DMA_UNMAP.byteSize());
            return unmap;
          });

  /** Returns 0, or an error number negated. */
  int map(long iova, long bytes, long host) {
    MemorySegment map = MAP.get();
    map.set(JAVA_LONG, MAP_VADDR, host);
    map.set(JAVA_LONG, MAP_IOVA, iova);
    map.set(JAVA_LONG, MAP_SIZE, bytes);
    return container.ioctl(Type1Constants.IOMMU_MAP_DMA, map);
  }

  /** Returns the bytes unmapped, or an error number negated. */
  long unmap(long iova, long bytes) {
    return unmap(0, iova, bytes);
  }

  /** As {@link #unmap}, of everything; since Linux 5.12. */
  long unmapAll() {
    return unmap(Type1Constants.DMA_UNMAP_FLAG_ALL, 0, 0);
  }

  private long unmap(int flags, long iova, long bytes) {
    MemorySegment unmap = UNMAP.get();
    unmap.set(JAVA_INT, UNMAP_FLAGS, flags);
    unmap.set(JAVA_LONG, UNMAP_IOVA, iova);
    unmap.set(JAVA_LONG, UNMAP_SIZE, bytes);
    int result = container.ioctl(Type1Constants.IOMMU_UNMAP_DMA, unmap);
    return result < 0 ? result : unmap.get(JAVA_LONG, UNMAP_SIZE);
  }
}
