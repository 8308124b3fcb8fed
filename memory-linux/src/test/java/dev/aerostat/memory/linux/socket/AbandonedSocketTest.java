package dev.aerostat.memory.linux.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be removed where a server wants to listen. Linux. */
class AbandonedSocketTest {
  @TempDir private Path directory = Path.of("");

  private Path leftBehind() throws IOException {
    Path socket = directory.resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      var _ = server.bind(UnixDomainSocketAddress.of(socket));
    }
    return socket;
  }

  @Test
  void aSocketThatNobodyHoldsIsRemoved() throws IOException {
    Path socket = leftBehind();
    assertTrue(AbandonedSocket.remove(socket));
    try (var files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void aSocketOfAServerThatListensStays() throws IOException {
    Path socket = directory.resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      var _ = server.bind(UnixDomainSocketAddress.of(socket));
      assertFalse(AbandonedSocket.remove(socket));
      server.configureBlocking(false);
      assertEquals(null, server.accept(), "the server is not disturbed");
    }
  }

  @Test
  void aSocketOfAServerThatDoesNotListenYetStays() throws IOException {
    Path socket = directory.resolve("s");
    SocketCalls calls = SocketCalls.libc();
    try (var server =
        new Descriptor(
            SystemCalls.libc(), CallResult.require("make one", calls.unixStreamSocket()))) {
      UnixAddress.bind(calls, server.number(), socket);
      assertFalse(AbandonedSocket.remove(socket));
      assertTrue(Files.exists(socket));
    }
  }

  @Test
  void whatIsNoSocketStays() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), leftBehind());
    for (Path other : List.of(file, link, directory, directory.resolve("nothing"))) {
      assertFalse(AbandonedSocket.remove(other), other.toString());
    }
    assertTrue(Files.exists(file) && Files.isSymbolicLink(link) && Files.exists(link));
  }

  @Test
  void whoeverFindsTheMarkOfAnotherSaysSo() throws IOException {
    Path socket = leftBehind();
    Path mark = Files.createFile(directory.resolve("s~"));
    var refused = assertThrows(IOException.class, () -> AbandonedSocket.remove(socket));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("remove " + mark), refused.getMessage());
    assertTrue(Files.exists(socket) && Files.exists(mark));
  }

  @RepeatedTest(20)
  void ofServersThatStartAtOnceOneListens() throws Exception {
    Path socket = leftBehind();
    int servers = 4;
    var barrier = new CyclicBarrier(servers);
    try (var threads = Executors.newFixedThreadPool(servers)) {
      List<Future<Boolean>> started =
          IntStream.range(0, servers)
              .mapToObj(_ -> threads.submit(() -> listens(socket, barrier)))
              .toList();
      int listening = 0;
      for (Future<Boolean> server : started) {
        listening += server.get() ? 1 : 0;
      }
      assertEquals(1, listening);
    }
  }

  /** Listens until all have tried. */
  private static boolean listens(Path socket, CyclicBarrier barrier) throws Exception {
    SocketCalls calls = SocketCalls.libc();
    int _ = barrier.await();
    try (var server =
        new Descriptor(
            SystemCalls.libc(), CallResult.require("make one", calls.unixStreamSocket()))) {
      try {
        UnixAddress.bind(calls, server.number(), socket);
      } catch (IOException another) {
        int _ = barrier.await();
        return false;
      }
      int _ = CallResult.require("listen", calls.listen(server.number(), 1));
      int _ = barrier.await();
      return Files.exists(socket);
    }
  }
}
