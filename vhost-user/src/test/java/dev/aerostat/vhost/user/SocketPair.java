package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.socket.UnixAddress;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two connected sockets, as socketpair(2) makes them. */
record SocketPair(Descriptor ours, Descriptor theirs) implements AutoCloseable {
  /** Connects two through a name in a directory. */
  static SocketPair in(Path directory) throws IOException {
    SocketCalls calls = SocketCalls.libc();
    Path name = directory.resolve("pair");
    try (Arena arena = Arena.ofConfined();
        Descriptor listener = ScriptedFrontEnd.socket()) {
      UnixAddress.bind(calls, listener.number(), name);
      int _ = CallResult.require("listen", calls.listen(listener.number(), 1));
      MemorySegment address = UnixAddress.of(arena, name);
      Descriptor ours = ScriptedFrontEnd.socket();
      int _ = CallResult.require("connect", calls.connect(ours.number(), address));
      int theirs = CallResult.require("accept", calls.accept(listener.number()));
      return new SocketPair(ours, new Descriptor(SystemCalls.libc(), theirs));
    } finally {
      boolean _ = Files.deleteIfExists(name);
    }
  }

  @Override
  public void close() {
    ours.close();
    theirs.close();
  }
}
