package dev.aerostat.memory.linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Shared mappings of a file, such as a device's registers or memory that another process gave. */
public final class DeviceMemory {
  private DeviceMemory() {}

  /**
   * Returns memory that the caller has mapped, and takes away again.
   *
   * @param address where it is
   * @param bytes how much is mapped there, greater than 0
   * @param arena it cannot be reached once this has ended, which is before it is taken away
   * @return the memory
   * @throws IllegalStateException if the arena has ended
   */
  @SuppressWarnings("restricted") // So many bytes are mapped there, as the caller says.
  public static MemorySegment mapped(long address, long bytes, Arena arena) {
    return MemorySegment.ofAddress(address).reinterpret(bytes, arena, _ -> {});
  }

  /**
   * Maps a part of a file, for reading and writing.
   *
   * @param calls that unmap it
   * @param file an open one; it may be closed afterwards
   * @param offset in the file, a multiple of the page size
   * @param bytes how much, greater than 0
   * @param arena it is unmapped when this ends
   * @return the memory, or empty if the kernel refuses
   * @throws IllegalStateException if the file is closed
   */
  @SuppressWarnings("restricted") // The kernel has just mapped as much.
  public static Optional<MemorySegment> map(
      SystemCalls calls, Descriptor file, long offset, long bytes, Arena arena) {
    int protection = LinuxConstants.PROT_READ | LinuxConstants.PROT_WRITE;
    long address = file.mmap(bytes, protection, LinuxConstants.MAP_SHARED, offset);
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
