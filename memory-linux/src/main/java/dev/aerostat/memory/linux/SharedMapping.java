package dev.aerostat.memory.linux;

import static dev.aerostat.memory.linux.syscall.LinuxConstants.MAP_SHARED;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.PROT_READ;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.PROT_WRITE;

import dev.aerostat.api.Pages;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Part of a file that another process has opened and handed over, such as a guest's memory: what
 * either writes the other sees.
 *
 * <p>If that process makes the file shorter later, an access beyond its end throws {@link
 * InternalError}.
 *
 * <p>Safe for use by any thread; close it once, after all use of the memory has ended.
 */
public final class SharedMapping implements AutoCloseable {
  private final Arena arena;
  private final MemorySegment segment;

  private SharedMapping(Arena arena, MemorySegment segment) {
    this.arena = arena;
    this.segment = segment;
  }

  /**
   * Maps part of a file for reading and writing. Of a file in huge pages (hugetlbfs) whole ones are
   * mapped, wherever in them the part begins and ends.
   *
   * @param descriptor an open one, which may be closed afterwards
   * @param offset where the part starts, in bytes, a multiple of 4 KiB
   * @param bytes how long it is, a multiple of 4 KiB, greater than 0
   * @return the mapping
   * @throws IOException if the file is none of this host's ({@link LocalFile}), or shorter than
   *     that, or the host refuses
   * @throws IllegalArgumentException if {@code offset} or {@code bytes} is not legal
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static SharedMapping of(int descriptor, long offset, long bytes) throws IOException {
    if (offset < 0 || bytes <= 0 || (offset | bytes) % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "0x%x bytes at 0x%x of a file: expected multiples of 0x%x"
              .formatted(bytes, offset, Pages.SIZE));
    }
    LocalFile.require(descriptor);
    FileStatus file = FileStatus.of(descriptor);
    if (bytes > file.bytes() || offset > file.bytes() - bytes) {
      throw new IOException(
          "0x%x bytes at 0x%x are beyond the end of a file of 0x%x"
              .formatted(bytes, offset, file.bytes()));
    }
    return map(SystemCalls.libc(), descriptor, Part.of(offset, bytes, file.pageBytes()));
  }

  /** What is mapped so that whole pages of the file are, and where the wanted bytes are in it. */
  record Part(long offset, long mappedBytes, long skip, long bytes) {
    static Part of(long offset, long bytes, long pageBytes) {
      long skip = offset % pageBytes;
      long end = Math.ceilDiv(skip + bytes, pageBytes) * pageBytes;
      return new Part(offset - skip, end, skip, bytes);
    }
  }

  @SuppressWarnings({"restricted", "MustBeClosedChecker"}) // The segment is what was mapped.
  static SharedMapping map(SystemCalls calls, int descriptor, Part part) throws IOException {
    long address =
        Refusal.check(
            "map 0x%x bytes of a shared file".formatted(part.bytes()),
            calls.mmap(
                0,
                part.mappedBytes(),
                PROT_READ | PROT_WRITE,
                MAP_SHARED,
                descriptor,
                part.offset()));
    Arena arena = Arena.ofShared();
    return new SharedMapping(
        arena,
        MemorySegment.ofAddress(address + part.skip())
            .reinterpret(
                part.bytes(),
                arena,
                _ -> {
                  int _ = calls.munmap(address, part.mappedBytes());
                }));
  }

  /**
   * Returns the bytes.
   *
   * @return valid until this is closed
   */
  public MemorySegment segment() {
    return segment;
  }

  /** Takes the mapping away. Any later access throws {@link IllegalStateException}. */
  @Override
  public void close() {
    arena.close();
  }
}
