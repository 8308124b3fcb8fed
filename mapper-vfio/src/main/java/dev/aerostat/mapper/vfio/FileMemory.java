package dev.aerostat.mapper.vfio;

import dev.aerostat.api.HostAddress;
import dev.aerostat.mapper.vfio.iommufd.MappedFile;

/**
 * Memory of this process that is a file in memory (memfd), so that iommufd can pin it through the
 * file. Immutable.
 *
 * @param start its first byte
 * @param bytes its length, greater than 0
 * @param descriptor the file's, open until the mapper is: that makes one of its own
 * @param offset where in the file it begins, in bytes, 0 or more; at most 2^63 - 1 less {@code
 *     bytes}
 */
public record FileMemory(HostAddress start, long bytes, int descriptor, long offset) {
  /**
   * Checks the length and the offset.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public FileMemory {
    if (bytes <= 0 || offset < 0 || offset > Long.MAX_VALUE - bytes) {
      throw new IllegalArgumentException(
          "0x%x bytes at 0x%x of a file: expected more than 0 bytes, at 0 or more, that end below 2^63"
              .formatted(bytes, offset));
    }
  }

  MappedFile mapped() {
    return new MappedFile(start.value(), bytes, descriptor, offset);
  }
}
