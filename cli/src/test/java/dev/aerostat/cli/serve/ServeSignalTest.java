package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.vhost.guest.VhostGuest;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the daemon ends on a signal, whatever its front end does. Linux. */
@Timeout(180)
final class ServeSignalTest {
  private static final int GET_FEATURES = 1;
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 12;
  private static final int FULL_MILLIS = 500;

  @TempDir private Path directory = Path.of("");

  private Path socket() {
    return directory.resolve("s");
  }

  private ServeProcess listening() throws IOException, InterruptedException {
    return new ServeProcess(directory, socket());
  }

  private SocketChannel connected(ServeProcess daemon) throws IOException, InterruptedException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    daemon.awaitOut("guest 1 connected");
    return channel;
  }

  private static ByteBuffer request() {
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.nativeOrder())
        .putInt(GET_FEATURES)
        .putInt(VERSION)
        .putInt(0)
        .flip();
  }

  /** All that began is done to its end: nothing is left, and nothing was wrong. */
  private void assertEndsBy(String signal, ServeProcess daemon) throws Exception {
    assertEquals(0, daemon.end(signal), daemon::toString);
    String out = daemon.out();
    assertTrue(out.endsWith("no longer listening on " + socket() + '\n'), out);
    assertEquals("", daemon.err());
    assertFalse(Files.exists(socket()), "the socket is taken away");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void saysSoAndEndsWithExitCode0WhileItWaitsForAGuest(String signal) throws Exception {
    try (ServeProcess daemon = listening()) {
      assertEndsBy(signal, daemon);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, HEADER_BYTES})
  void alsoWhileAMessageIsHalfSent(int bytes) throws Exception {
    try (ServeProcess daemon = listening();
        SocketChannel frontEnd = connected(daemon)) {
      ByteBuffer half = request().putInt(2 * Integer.BYTES, 8).limit(bytes);
      assertEquals(bytes, frontEnd.write(half));
      assertEndsBy("TERM", daemon);
      assertTrue(daemon.out().contains("guest 1 is gone; its driver never came up"));
    }
  }

  @Test
  void alsoWhileAFrontEndReadsNoReply() throws Exception {
    try (ServeProcess daemon = listening();
        SocketChannel frontEnd = connected(daemon)) {
      writeUntilNobodyReads(frontEnd);
      assertEndsBy("TERM", daemon);
    }
  }

  /** Neither side has room left for another request once there is none for this long. */
  private static void writeUntilNobodyReads(SocketChannel frontEnd) throws IOException {
    frontEnd.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      var _ = frontEnd.register(selector, SelectionKey.OP_WRITE);
      while (selector.select(FULL_MILLIS) > 0) {
        selector.selectedKeys().clear();
        int _ = frontEnd.write(request());
      }
    }
  }

  @Test
  void aFlightRecordingReachesItsFile() throws Exception {
    Path file = directory.resolve("serve.jfr");
    String option = "-XX:StartFlightRecording:settings=profile,filename=" + file;
    try (var daemon = new ServeProcess(directory, socket(), List.of(option), Map.of())) {
      assertEndsBy("TERM", daemon);
    }
    assertFalse(RecordingFile.readAllEvents(file).isEmpty());
  }

  @Test
  void aFlightRecordingHasWhatAGuestDid() throws Exception {
    Path file = directory.resolve("serve.jfr");
    String option = "-XX:StartFlightRecording:settings=none,filename=" + file;
    List<GuestRange> ram = List.of(GuestRange.ofLength(0, 64L << 20));
    try (var daemon = new ServeProcess(directory, socket(), List.of(option), Map.of());
        VhostGuest guest = VhostGuest.boot(socket(), ram, GuestProfile.linux())) {
      guest.load();
      daemon.awaitOut("all memory is mapped");
      assertEndsBy("TERM", daemon);
    }
    List<String> events =
        RecordingFile.readAllEvents(file).stream()
            .map(event -> event.getEventType().getName())
            .toList();
    assertTrue(events.contains("dev.aerostat.Map"), events::toString);
  }

  @Test
  void aServiceManagerIsToldWhenItListensAndWhenItStops() throws Exception {
    Path notify = directory.resolve("notify");
    var environment = Map.of("NOTIFY_SOCKET", notify.toString());
    try (var manager = new NotifyListener(directory, notify);
        var daemon = new ServeProcess(directory, socket(), List.of(), environment)) {
      assertEquals("READY=1", manager.next());
      assertTrue(Files.exists(socket()));
      assertEndsBy("TERM", daemon);
      assertEquals("STOPPING=1", manager.next());
    }
  }

  @Test
  void aServiceManagerThatCannotBeToldIsNoReasonNotToServe() throws Exception {
    for (String socket : List.of("/nowhere/notify", "vsock:2:1")) {
      var environment = Map.of("NOTIFY_SOCKET", socket);
      try (var daemon = new ServeProcess(directory, socket(), List.of(), environment)) {
        assertEquals(0, daemon.end("TERM"));
        assertTrue(daemon.err().startsWith("aerostat: "), daemon.err());
        assertTrue(daemon.err().contains(socket), daemon.err());
      }
    }
  }

  @Test
  void alsoInTheMidstOfABoot() throws Exception {
    long bytes = 512L << 20;
    try (ServeProcess daemon = listening();
        VhostGuest guest =
            VhostGuest.boot(
                socket(), List.of(GuestRange.ofLength(0, bytes)), GuestProfile.linux())) {
      guest.load();
      daemon.awaitOut("the balloon driver is up");
      assertEndsBy("TERM", daemon);
      assertTrue(daemon.out().contains("guest 1 is gone; inflated"), daemon.out());
    }
  }
}
