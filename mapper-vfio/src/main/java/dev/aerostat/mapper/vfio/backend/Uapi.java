package dev.aerostat.mapper.vfio.backend;

import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;

/**
 * How the kernel's headers for programs (include/uapi/linux) number requests and lay out
 * structures.
 */
public final class Uapi {
  private static final long TYPE = ';';
  private static final int VFIO_BASE = 100;
  private static final int IOMMUFD_BASE = 0x80;

  private Uapi() {}

  /**
   * Returns the number of a request of VFIO, which carries neither size nor direction: {@code
   * _IO(VFIO_TYPE, VFIO_BASE + n)}, linux/vfio.h.
   *
   * @param number n
   * @return what ioctl(2) is called with
   */
  public static long vfioRequest(int number) {
    return TYPE << 8 | VFIO_BASE + number;
  }

  /**
   * Returns the number of a request of iommufd, which carries neither size nor direction: {@code
   * _IO(IOMMUFD_TYPE, IOMMUFD_CMD_BASE + n)}, linux/iommufd.h.
   *
   * @param number n
   * @return what ioctl(2) is called with
   */
  public static long iommufdRequest(int number) {
    return TYPE << 8 | IOMMUFD_BASE + number;
  }

  /**
   * Returns where a field begins.
   *
   * @param structure with a field of this name
   * @param field its name in the kernel's header
   * @return bytes from the start of the structure
   */
  public static long offset(StructLayout structure, String field) {
    return structure.byteOffset(PathElement.groupElement(field));
  }
}
