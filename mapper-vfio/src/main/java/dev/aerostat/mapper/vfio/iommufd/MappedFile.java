package dev.aerostat.mapper.vfio.iommufd;

/**
 * A part of a file, and where this process has it in memory. Immutable.
 *
 * @param host address of its first byte
 * @param bytes its length, greater than 0
 * @param descriptor the file's, open until the address space is: that makes one of its own
 * @param offset where in the file it begins, in bytes, 0 or more
 */
public record MappedFile(long host, long bytes, int descriptor, long offset) {
  boolean holds(long address, long length) {
    long before = address - host;
    return before >= 0 && before <= bytes - length;
  }

  long offsetOf(long address) {
    return offset + address - host;
  }
}
