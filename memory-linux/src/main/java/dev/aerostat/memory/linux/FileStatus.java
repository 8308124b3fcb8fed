package dev.aerostat.memory.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
 */
public record FileStatus(long device, long number, long bytes) {
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
          status.get(JAVA_LONG, SocketConstants.STAT_SIZE));
    }
  }
}
