package dev.aerostat.mapper.vfio;

/**
 * Request numbers and flags of iommufd (linux/iommufd.h). A request carries neither size nor
 * direction: {@code _IO(';', 0x80 + n)}.
 */
final class IommufdConstants {
  static final long IOAS_ALLOC = request(1);
  static final long IOAS_IOVA_RANGES = request(4);
  static final long IOAS_MAP = request(5);
  static final long IOAS_UNMAP = request(6);

  /** Since Linux 6.13; ENOTTY before. */
  static final long IOAS_MAP_FILE = request(15);

  static final int MAP_FIXED_IOVA = 1;
  static final int MAP_WRITEABLE = 2;
  static final int MAP_READABLE = 4;

  /** The length that, from address 0 on, stands for everything: U64_MAX. */
  static final long UNMAP_ALL_BYTES = -1;

  private IommufdConstants() {}

  private static long request(int number) {
    return (long) ';' << 8 | 0x80 + number;
  }
}
