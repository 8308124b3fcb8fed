package dev.aerostat.mapper.vfio.iommufd;

import static dev.aerostat.mapper.vfio.backend.Uapi.offset;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.IOAS_MAP;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.IOAS_MAP_FILE;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.IOAS_UNMAP;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * The calls that a mapper lives on. Their structures are each thread's own and used again, so that
 * a call allocates nothing.
 *
 * @param iommufd /dev/iommu
 * @param ioas the number of the I/O address space
 */
record IommufdCalls(Descriptor iommufd, int ioas) {
  private static final long MAP_IOAS = offset(IOAS_MAP, "ioas_id");
  private static final long MAP_USER_VA = offset(IOAS_MAP, "user_va");
  private static final long MAP_LENGTH = offset(IOAS_MAP, "length");
  private static final long MAP_IOVA = offset(IOAS_MAP, "iova");
  private static final long FILE_IOAS = offset(IOAS_MAP_FILE, "ioas_id");
  private static final long FILE_FD = offset(IOAS_MAP_FILE, "fd");
  private static final long FILE_START = offset(IOAS_MAP_FILE, "start");
  private static final long FILE_LENGTH = offset(IOAS_MAP_FILE, "length");
  private static final long FILE_IOVA = offset(IOAS_MAP_FILE, "iova");
  private static final long UNMAP_IOAS = offset(IOAS_UNMAP, "ioas_id");
  private static final long UNMAP_IOVA = offset(IOAS_UNMAP, "iova");
  private static final long UNMAP_LENGTH = offset(IOAS_UNMAP, "length");

  private static final ThreadLocal<MemorySegment> MAP =
      ThreadLocal.withInitial(() -> mapping(IOAS_MAP));

  private static final ThreadLocal<MemorySegment> MAP_FILE =
      ThreadLocal.withInitial(() -> mapping(IOAS_MAP_FILE));

  private static final ThreadLocal<MemorySegment> UNMAP =
      ThreadLocal.withInitial(
          () -> {
            MemorySegment unmap = Arena.ofAuto().allocate(IOAS_UNMAP);
            unmap.set(JAVA_INT, offset(IOAS_UNMAP, "size"), (int) IOAS_UNMAP.byteSize());
            return unmap;
          });

  private static MemorySegment mapping(StructLayout layout) {
    MemorySegment map = Arena.ofAuto().allocate(layout);
    map.set(JAVA_INT, offset(layout, "size"), (int) layout.byteSize());
    map.set(
        JAVA_INT,
        offset(layout, "flags"),
        IommufdConstants.MAP_FIXED_IOVA
            | IommufdConstants.MAP_READABLE
            | IommufdConstants.MAP_WRITEABLE);
    return map;
  }

  /** Returns 0, or an error number negated. */
  int map(long iova, long bytes, long host) {
    MemorySegment map = MAP.get();
    map.set(JAVA_INT, MAP_IOAS, ioas);
    map.set(JAVA_LONG, MAP_USER_VA, host);
    map.set(JAVA_LONG, MAP_LENGTH, bytes);
    map.set(JAVA_LONG, MAP_IOVA, iova);
    return iommufd.ioctl(IommufdConstants.IOAS_MAP, map);
  }

  /** Returns 0, or an error number negated: ENOTTY before Linux 6.13. */
  int mapFile(long iova, long bytes, int descriptor, long start) {
    MemorySegment map = MAP_FILE.get();
    map.set(JAVA_INT, FILE_IOAS, ioas);
    map.set(JAVA_INT, FILE_FD, descriptor);
    map.set(JAVA_LONG, FILE_START, start);
    map.set(JAVA_LONG, FILE_LENGTH, bytes);
    map.set(JAVA_LONG, FILE_IOVA, iova);
    return iommufd.ioctl(IommufdConstants.IOAS_MAP_FILE, map);
  }

  /** Returns the bytes unmapped, or an error number negated. */
  long unmap(long iova, long bytes) {
    MemorySegment unmap = UNMAP.get();
    unmap.set(JAVA_INT, UNMAP_IOAS, ioas);
    unmap.set(JAVA_LONG, UNMAP_IOVA, iova);
    unmap.set(JAVA_LONG, UNMAP_LENGTH, bytes);
    int result = iommufd.ioctl(IommufdConstants.IOAS_UNMAP, unmap);
    return result < 0 ? result : unmap.get(JAVA_LONG, UNMAP_LENGTH);
  }

  /** As {@link #unmap}, of everything. */
  long unmapAll() {
    return unmap(0, IommufdConstants.UNMAP_ALL_BYTES);
  }
}
