package dev.aerostat.memory.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.Pages;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Which file a descriptor is, and how long. Immutable. Two descriptors are the same file if device
 * and number are equal, whoever opened them.
 *
 * @param device names the file system
 * @param number names the file in it
 * @param bytes its size
 * @param pageBytes what a mapping of it is made of: 4 KiB, or the size of a huge page
 */
public record FileStatus(long device, long number, long bytes, long pageBytes) {
  /**
   * Looks at a file.
   *
   * @param descriptor an open one
   * @return what it is now
   * @throws IOException if the descriptor is not open
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static FileStatus of(int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(SocketConstants.STAT_BYTES, Long.BYTES);
      long _ =
          Refusal.check(
              "look at descriptor " + descriptor, SocketCalls.libc().fstat(descriptor, status));
      return new FileStatus(
          status.get(JAVA_LONG, SocketConstants.STAT_DEV),
          status.get(JAVA_LONG, SocketConstants.STAT_INO),
          status.get(JAVA_LONG, SocketConstants.STAT_SIZE),
          pageBytes(status.get(JAVA_INT, SocketConstants.STAT_BLKSIZE)));
    }
  }

  /** Of hugetlbfs a block is a page; other file systems give any size that suits them. */
  private static long pageBytes(int block) {
    return block > Pages.SIZE && Integer.bitCount(block) == 1 ? block : Pages.SIZE;
  }
}
