package dev.aerostat.memory.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service manager hears on a socket of its own. */
@Timeout(60)
final class NotifySocketTest {
  private final SocketCalls calls = SocketCalls.libc();

  @TempDir Path directory;

  private Descriptor bound(String name) throws IOException {
    var socket =
        new Descriptor(
            SystemCalls.libc(), CallResult.require("socket", calls.unixDatagramSocket()));
    try (Arena arena = Arena.ofConfined()) {
      int _ =
          CallResult.require(
              "bind", calls.bind(socket.number(), UnixAddress.ofPathOrAbstract(arena, name)));
    }
    return socket;
  }

  private String heard(Descriptor socket) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(100);
      int bytes = (int) CallResult.require("read", calls.read(socket.number(), buffer));
      return new String(buffer.asSlice(0, bytes).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }
  }

  private List<String> names() {
    return List.of(
        directory.resolve("notify").toString(),
        "@/aerostat/test/" + ProcessHandle.current().pid(),
        "@" + "n".repeat(90) + ProcessHandle.current().pid());
  }

  @Test
  void aStateIsADatagramToItsSocketWhichMayHaveNoFile() throws IOException {
    for (String name : names()) {
      try (Descriptor socket = bound(name)) {
        var manager = new NotifySocket(name);
        manager.tell(NotifySocket.READY);
        manager.tell(NotifySocket.STOPPING);
        assertEquals("READY=1", heard(socket), name);
        assertEquals("STOPPING=1", heard(socket), name);
      }
    }
  }

  @Test
  void whoeverDoesNotListenIsToldOf() {
    for (String name : names()) {
      var refusal = assertThrows(IOException.class, () -> new NotifySocket(name).tell("READY=1"));
      assertTrue(
          refusal.toString().contains("tell the service manager on " + name), refusal::toString);
    }
  }

  @Test
  void aManagerThatReadsNothingIsNotWaitedForWithoutEnd() throws IOException {
    String name = directory.resolve("deaf").toString();
    try (Descriptor _ = bound(name)) {
      var manager = new NotifySocket(name);
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 100_000; i++) {
              manager.tell("STATUS=" + i);
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "@", "run/notify", "vsock:2:1234"})
  void whatIsNoSocketOfThisHostIsRefused(String name) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> new NotifySocket(name));
    assertTrue(refusal.toString().contains("'" + name + "'"), refusal::toString);
  }

  @Test
  void aNameThatIsTooLongIsRefused() {
    for (String first : List.of("/", "@")) {
      var manager = new NotifySocket(first + "n".repeat(200));
      var refusal = assertThrows(IOException.class, () -> manager.tell("READY=1"));
      assertTrue(refusal.toString().contains("at most 107"), refusal::toString);
    }
  }
}
