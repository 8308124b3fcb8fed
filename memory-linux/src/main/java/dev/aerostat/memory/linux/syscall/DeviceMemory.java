package dev.aerostat.memory.linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Shared mappings of a file, such as a device's registers or memory that another process gave. */
public final class DeviceMemory {
  private DeviceMemory() {}

  /**
   * Maps a part of a file, for reading and writing.
   *
   * @param calls that map and unmap it
   * @param descriptor of the file; it may be closed afterwards
   * @param offset in the file, a multiple of the page size
   * @param bytes how much, greater than 0
   * @param arena it is unmapped when this ends
   * @return the memory, or empty if the kernel refuses
   */
  @SuppressWarnings("restricted") // The kernel has just mapped as much.
  public static Optional<MemorySegment> map(
      SystemCalls calls, int descriptor, long offset, long bytes, Arena arena) {
    int protection = LinuxConstants.PROT_READ | LinuxConstants.PROT_WRITE;
    long address = calls.mmap(0, bytes, protection, LinuxConstants.MAP_SHARED, descriptor, offset);
    if (address < 0) {
      return Optional.empty();
    }
    return Optional.of(
        MemorySegment.ofAddress(address)
            .reinterpret(
                bytes,
                arena,
                _ -> {
                  int _ = calls.munmap(address, bytes);
                }));
  }
}
