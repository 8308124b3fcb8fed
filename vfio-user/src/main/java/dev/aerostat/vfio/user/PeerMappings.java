package dev.aerostat.vfio.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How a VMM itself maps the memory that it shares (proc(5), maps). One with {@code share=off} sends
 * the file all the same, but its guest's memory are copies of it that nobody else sees: a device
 * would read and write pages that are not the guest's. Nothing in the protocol tells that.
 *
 * @param process the VMM's; 0 if it cannot be seen from here
 */
record PeerMappings(int process) {
  private static final int PERMISSIONS = 1;
  private static final int DEVICE = 3;
  private static final int NUMBER = 4;

  static PeerMappings of(Descriptor socket) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment credentials = arena.allocate(SocketConstants.UCRED_BYTES, Integer.BYTES);
      MemorySegment bytes = arena.allocateFrom(JAVA_INT, SocketConstants.UCRED_BYTES);
      int answer =
          SocketCalls.libc()
              .socketOption(socket.number(), SocketConstants.SO_PEERCRED, credentials, bytes);
      return new PeerMappings(answer == 0 ? credentials.get(JAVA_INT, 0) : 0);
    }
  }

  /**
   * Checks that a file is not mapped for the VMM alone. One whose mappings cannot be read, or are
   * elsewhere, passes.
   *
   * @throws RefusedException if it is
   */
  void requireShared(RamExtent.FileIdentity file) throws RefusedException {
    List<String> permissions = permissions(file);
    if (!permissions.isEmpty() && permissions.stream().allMatch(it -> it.endsWith("p"))) {
      throw new RefusedException(
          "the VMM (process %d) keeps the guest's memory to itself, as with share=off: expected a memory backend with share=on"
              .formatted(process));
    }
  }

  private List<String> permissions(RamExtent.FileIdentity file) {
    try (var lines =
        Files.lines(
            // A path in it may be of any bytes.
            Path.of("/proc/%d/maps".formatted(process)), StandardCharsets.ISO_8859_1)) {
      String device = "%02x:%02x".formatted(major(file.device()), minor(file.device()));
      String number = Long.toString(file.number());
      return lines
          .map(line -> line.split(" +", NUMBER + 2))
          .filter(
              it -> it.length > NUMBER && it[DEVICE].equals(device) && it[NUMBER].equals(number))
          .map(it -> it[PERMISSIONS])
          .toList();
    } catch (IOException | UncheckedIOException hidden) {
      return List.of();
    }
  }

  /** As the kernel hands a device's number to programs (glibc's gnu_dev_major). */
  private static long major(long device) {
    return ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
  }

  private static long minor(long device) {
    return (device & 0xff) | ((device >>> 12) & ~0xffL);
  }
}
