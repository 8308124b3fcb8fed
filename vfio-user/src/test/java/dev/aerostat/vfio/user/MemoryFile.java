package dev.aerostat.vfio.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;

/** Files as a VMM shares them. */
final class MemoryFile {
  private MemoryFile() {}

  static Descriptor ofBytes(long bytes) throws IOException {
    SystemCalls calls = SystemCalls.libc();
    var file =
        new Descriptor(
            calls,
            CallResult.require("memfd", calls.memfdCreate("guest", LinuxConstants.MFD_CLOEXEC)));
    int _ = CallResult.require("size", calls.ftruncate(file.number(), bytes));
    return file;
  }

  static Descriptor counter() throws IOException {
    return new Descriptor(
        SystemCalls.libc(), CallResult.require("eventfd", SocketCalls.libc().eventCounter()));
  }

  /** Fills a counter, so that who adds to it would wait. */
  static void fill(Descriptor counter) {
    try (Arena arena = Arena.ofConfined()) {
      long _ = SocketCalls.libc().write(counter.number(), arena.allocateFrom(JAVA_LONG, -2));
    }
  }
}
