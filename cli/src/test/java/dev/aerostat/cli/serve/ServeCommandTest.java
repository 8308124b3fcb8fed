package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.guest.sim.BalloonPage;
import dev.aerostat.guest.sim.GuestAccounts;
import dev.aerostat.guest.sim.GuestState;
import dev.aerostat.vhost.guest.VhostGuest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The daemon, asked through its socket by a guest that shares no code with it. */
class ServeCommandTest {
  @TempDir private Path directory = Path.of("");

  private Path socket() {
    return directory.resolve("s");
  }

  @Test
  void tellsTheLifeOfEachGuestALineAnEventAndWaitsForTheNext() throws IOException {
    Invocation ended;
    try (var daemon = Daemon.listening(socket(), "--target", "64M")) {
      for (int number = 1; number <= 2; number++) {
        try (VhostGuest guest = daemon.guest()) {
          guest.load();
          daemon.await("a balloon", () -> guest.accounts().balloonedPages() == 16_384);
          daemon.awaitOut("as large as was asked: 64 MiB\n", number);
        }
        daemon.awaitOut("guest %d is gone".formatted(number));
      }
      ended = daemon.quit();
    }
    assertEquals(0, ended.exitCode());
    assertEquals("", ended.err());
    assertFalse(Files.exists(socket()));
    List<String> life =
        List.of(
            "512 MiB of memory in 2 regions, 256 MiB of it never ballooned: mapping begins",
            "the balloon driver is up: it balloons pages of 4 KiB",
            "the gate opens: ready for DMA",
            "the balloon is as large as was asked: 64 MiB");
    assertTold(ended.out(), "listening on " + socket(), life, 1);
    assertTold(ended.out(), "waiting for the next guest", life, 2);
    assertTrue(ended.out().endsWith("no longer listening on " + socket() + '\n'), ended.out());
  }

  private static void assertTold(String out, String first, List<String> life, int guest) {
    int at = out.indexOf(first + "\nguest %d connected\n".formatted(guest));
    assertTrue(at >= 0, out);
    for (String event : life) {
      int next = out.indexOf(event, at);
      assertTrue(next > at, "'%s' in its place in:%n%s".formatted(event, out));
      at = next;
    }
    assertTrue(out.indexOf("guest %d is gone; inflated".formatted(guest), at) > at, out);
  }

  @Test
  void takesTargetsFromTheOperatorWhileItServes() throws IOException {
    try (var daemon = Daemon.listening(socket());
        VhostGuest guest = daemon.guest()) {
      guest.load();
      daemon.order("target 100M").awaitOut("as large as was asked: 100 MiB");
      daemon.await("a balloon", () -> guest.accounts().balloonedPages() == 25_600);
      daemon.order("target 0").awaitOut("the balloon is empty: the guest has all its memory");
      daemon.await("no balloon", () -> guest.accounts().balloonedPages() == 0);
      daemon.order("target many").awaitErr("aerostat: 'many' is not a size");
      daemon
          .order("land")
          .awaitErr("aerostat: 'land' is no order: expected 'target SIZE', 'status' or");
    }
  }

  @Test
  void asksAGuestForNoMoreThanItCanSpareAndSaysSo() throws IOException {
    try (var daemon = Daemon.listening(socket(), "--target", "10G", "--resident", "300M");
        VhostGuest guest = daemon.guest()) {
      guest.load();
      daemon.awaitOut("a balloon of 10 GiB is more than the guest can spare: asked for 212 MiB");
      daemon.awaitOut("the balloon is as large as was asked: 212 MiB");
      assertEquals(212 * 256, guest.accounts().balloonedPages());
    }
  }

  @Test
  void countsForAProgramWhatTheGuestCounts() throws IOException {
    GuestAccounts accounts;
    Invocation ended;
    try (var daemon = Daemon.listening(socket(), "--json", "--target", "32M")) {
      try (VhostGuest guest = daemon.guest()) {
        guest.load();
        daemon.await("a balloon", () -> settled(guest, 8_192));
        accounts = guest.accounts();
      }
      daemon.awaitOut("\"event\":\"gone\"");
      ended = daemon.quit();
    }
    String last =
        ended.out().lines().filter(line -> line.contains("\"gone\"")).findFirst().orElseThrow();
    assertTrue(last.startsWith("{\"event\":\"gone\",\"guest\":1,\"seconds\":"), last);
    assertTrue(last.contains(",\"memoryBytes\":536870912,\"regions\":2,"), last);
    assertTrue(
        ended
            .out()
            .contains(
                "\"inflate\":{\"messages\":%d,\"pages\":%d,"
                    .formatted(accounts.inflateMessages(), accounts.inflatedPages())),
        () -> accounts + "\n" + ended.out());
    assertTrue(
        ended
            .out()
            .contains(
                "\"deflate\":{\"messages\":%d,\"pages\":%d,"
                    .formatted(accounts.deflateMessages(), accounts.deflatedPages())),
        () -> accounts + "\n" + ended.out());
    assertTrue(ended.out().contains("\"resets\":0,\"mistakes\":0}"), ended.out());
  }

  private static boolean settled(VhostGuest guest, long pages) {
    return guest.state() == GuestState.IDLE && guest.accounts().balloonedPages() == pages;
  }

  @ParameterizedTest
  @CsvSource({"2M, HUGE, 2 MiB, 2097152", "2M, SMALL, 4 KiB, 4096", "4K, HUGE, 4 KiB, 4096"})
  void tellsWhatTheDriverBalloonsAtATimeWhichIs2MibOnlyIfOfferedAndTaken(
      String offered, BalloonPage wanted, String told, long bytes) throws IOException {
    try (var daemon = Daemon.listening(socket(), "--target", "64M", "--balloon-page", offered)) {
      try (VhostGuest guest = daemon.guest(wanted)) {
        guest.load();
        daemon.awaitOut("the balloon driver is up: it balloons pages of " + told);
        daemon.awaitOut("as large as was asked: 64 MiB");
        GuestAccounts accounts = guest.accounts();
        boolean large = accounts.inflatedPages() > 256 * accounts.inflateMessages();
        assertEquals(bytes > 4096, large, accounts::toString);
      }
    }
    try (var daemon = Daemon.listening(socket(), "--json", "--balloon-page", offered)) {
      try (VhostGuest guest = daemon.guest(wanted)) {
        guest.load();
      }
      daemon.awaitOut("\"balloonPageBytes\":%d,".formatted(bytes));
    }
  }

  @Test
  void offersPagesOf4KibOr2MibAndNoOther() {
    Invocation invocation =
        Invocation.of(
            FakeSimulator.smooth(),
            "serve",
            "--socket",
            socket().toString(),
            "--balloon-page",
            "64K");
    assertEquals(2, invocation.exitCode());
    assertTrue(
        invocation.err().contains("'64K' is not a size of balloon pages: expected 4K or 2M"),
        invocation.err());
  }

  @Test
  void hasFiguresOfAGuestWithoutADriverToo() throws IOException {
    try (var daemon = Daemon.listening(socket(), "--json")) {
      daemon.guest().close();
      daemon.awaitOut("\"event\":\"gone\",\"guest\":1,").awaitOut(",\"memoryBytes\":null,");
      assertTrue(daemon.out().contains("\"driverUpNanos\":null,"), daemon.out());
      assertTrue(daemon.out().contains("\"balloonPageBytes\":null,"), daemon.out());
    }
  }

  @Test
  void tellsWhenADriverGoesAndComesBack() throws IOException {
    try (var daemon = Daemon.listening(socket(), "--target", "64M");
        VhostGuest guest = daemon.guest()) {
      guest.load();
      daemon.awaitOut("as large as was asked: 64 MiB");
      guest.unload();
      daemon.awaitOut("the balloon driver pauses, or is gone");
      daemon.await("the end of the driver", () -> guest.state() == GuestState.UNLOADED);
      guest.load();
      daemon.awaitOut("the balloon driver is gone, the device reset");
      daemon.await("a balloon", () -> guest.accounts().balloonedPages() == 16_384);
    }
  }

  @Test
  void refusesAGuestSmallerThanItsMinimumAndServesOn() throws IOException {
    try (var daemon = Daemon.listening(socket(), "--resident", "1G")) {
      try (VhostGuest guest = daemon.guest()) {
        assertThrows(IllegalStateException.class, guest::load);
      }
      daemon.awaitErr("aerostat: guest 1 gets no balloon: a guest minimum of 1073741824 bytes");
      daemon.awaitOut("guest 1 is gone; its driver never came up");
      try (VhostGuest next = daemon.guest()) {
        daemon.awaitOut("guest 2 connected");
        assertEquals(GuestState.UNLOADED, next.state());
      }
    }
  }

  @Test
  void showsProgressOnATerminalAndLeavesNoTraceOfItInTheLines() throws IOException {
    try (var daemon = Daemon.live(socket(), "--target", "64M");
        VhostGuest guest = daemon.guest()) {
      guest.load();
      daemon.awaitErr("guest 1").awaitErr("\r\u001b[K").awaitErr("DMA allowed");
      assertFalse(daemon.out().contains("\u001b"), "it may be a file");
    }
  }

  @Test
  void saysInALineWhyItCannotListen() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertCannotListen(file, "something else is there, name another path");
    assertCannotListen(
        directory.resolve("no/s"), "there is no directory " + directory.resolve("no"));
    assertCannotListen(directory.resolve("x".repeat(120)), "a Unix socket's has at most 107");
    try (var _ = Daemon.listening(socket())) {
      assertCannotListen(socket(), "another server does");
    }
    assertTrue(Files.exists(file), "what was there is there");
  }

  @Test
  void takesOverASocketThatAServerLeftBehind() throws IOException {
    Path control = directory.resolve("control");
    leaveBehind(socket());
    leaveBehind(control);
    try (var daemon = Daemon.listening(socket(), "--control", control.toString())) {
      daemon.awaitOut("listening on " + socket());
      assertEquals(
          "{\"ok\":true,\"error\":null,\"guest\":null,\"targetBytes\":0}", ask(control, "status"));
      try (VhostGuest _ = daemon.guest()) {
        daemon.awaitOut("guest 1 connected");
      }
      assertEquals(0, daemon.quit().exitCode());
    }
    assertFalse(Files.exists(socket()) || Files.exists(control));
  }

  private static String ask(Path control, String... orders) throws IOException {
    try (var client = SocketChannel.open(UnixDomainSocketAddress.of(control));
        var answers =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8))) {
      String answer = "";
      for (String order : orders) {
        int _ = client.write(ByteBuffer.wrap((order + "\n").getBytes(StandardCharsets.UTF_8)));
        answer = String.valueOf(answers.readLine());
      }
      return answer;
    }
  }

  @Test
  void obeysAControlSocketThatOnlyItsOwnerMayUse() throws IOException {
    Path control = directory.resolve("control");
    try (var daemon = Daemon.listening(socket(), "--control", control.toString(), "--json");
        VhostGuest guest = daemon.guest()) {
      daemon.awaitOut("\"control\":\"" + control + "\"");
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(control)));
      guest.load();
      daemon.awaitOut("\"event\":\"gateOpened\"");
      assertEquals(
          "{\"ok\":true,\"error\":null,\"guest\":1,\"targetBytes\":104857600}",
          ask(control, "target 100M"));
      daemon
          .awaitOut("\"event\":\"targetReached\",\"guest\":1,")
          .awaitOut("\"targetBytes\":104857600}");
      daemon.await("a balloon", () -> guest.accounts().balloonedPages() == 25_600);
      String refused = ask(control, "targt 5M");
      assertTrue(refused.startsWith("{\"ok\":false,\"error\":\"'targt 5M' is no order"), refused);
      assertTrue(refused.contains("did you mean 'target'?"), refused);
      assertTrue(ask(control, "target many").contains("'many' is not a size"));
      assertTrue(ask(control, "").contains("is no order"));
      assertTrue(ask(control, "x".repeat(5_000)).startsWith("{\"ok\":false"));
      assertTrue(ask(control, "x".repeat(1_024) + "quit").startsWith("{\"ok\":false"));
      assertTrue(
          ask(control, "status").contains("\"ok\":true"), "the end of a long line was obeyed");
      assertTrue(ask(control, "status", "status", "quit").contains("\"ok\":true"));
      daemon.awaitOut("\"event\":\"ended\"");
      assertFalse(Files.exists(control));
    }
  }

  /** A socket is its owner's alone from the moment that it is there. */
  @Test
  void nobodyElseMayEverUseTheControlSocket() throws Exception {
    Path control = directory.resolve("control");
    var seen = new ConcurrentSkipListSet<String>();
    var over = new AtomicBoolean();
    Thread watcher = Thread.ofPlatform().daemon().start(() -> watch(control, seen, over));
    try {
      for (int i = 0; i < 300; i++) {
        ControlSocket.listen(control, new Orders(new OperatorTarget(0), () -> {})).close();
      }
    } finally {
      over.set(true);
      watcher.join();
    }
    assertEquals(Set.of("rw-------"), seen);
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(), left.toList(), "nothing is left beside it");
    }
  }

  private static void watch(Path file, Set<String> permissions, AtomicBoolean over) {
    while (!over.get()) {
      try {
        boolean _ =
            permissions.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      } catch (IOException notThere) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aClientThatSaysNothingKeepsNobodyFromTheControlSocket() throws IOException {
    Path control = directory.resolve("control");
    try (var daemon = Daemon.listening(socket(), "--control", control.toString());
        var silent = SocketChannel.open(UnixDomainSocketAddress.of(control))) {
      assertTrue(ask(control, "status").contains("\"ok\":true"));
      assertEquals(0, daemon.quit().exitCode());
      assertEquals(-1, silent.read(ByteBuffer.allocate(1)), "its end is told to it");
    }
  }

  @Test
  void saysInALineWhyItCannotTakeOrders() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "kept");
    for (var wrong :
        Map.of(
                file,
                "another server, or a file, is there",
                directory.resolve("no/c"),
                "there is no directory " + directory.resolve("no"),
                Path.of("/"),
                "another server, or a file, is there",
                directory.resolve(".."),
                "another server, or a file, is there",
                directory.resolve("x".repeat(120)),
                "too long")
            .entrySet()) {
      Invocation invocation =
          Invocation.of(
              FakeSimulator.smooth(),
              "serve",
              "--socket",
              socket().toString(),
              "--control",
              wrong.getKey().toString());
      assertEquals(1, invocation.exitCode());
      assertTrue(invocation.err().contains("cannot take orders on "), invocation.err());
      assertTrue(invocation.err().contains(wrong.getValue()), invocation.err());
      assertFalse(Files.exists(socket()), "the other socket is taken away");
      try (Stream<Path> left = Files.list(directory)) {
        assertEquals(List.of(file), left.toList(), "nothing is left beside them");
      }
    }
    assertEquals("kept", Files.readString(file));
  }

  @Test
  void tellsAProgramOfEachEventInALineAsItHappens() throws IOException {
    Invocation ended;
    try (var daemon = Daemon.listening(socket(), "--json", "--target", "64M")) {
      daemon.awaitOut("{\"event\":\"listening\",\"guest\":null,\"seconds\":0.");
      try (VhostGuest guest = daemon.guest()) {
        daemon.awaitOut("{\"event\":\"connected\",\"guest\":1,\"seconds\":0.000,\"leftOut\":0}\n");
        guest.load();
        daemon.awaitOut("\"event\":\"targetReached\"");
        guest.unload();
        daemon.awaitOut("\"event\":\"driverPaused\"");
      }
      daemon.awaitOut("\"event\":\"gone\"").awaitOut("\"event\":\"waiting\"");
      ended = daemon.quit();
    }
    List<String> events =
        ended
            .out()
            .lines()
            .map(
                line ->
                    line.replaceFirst("\\{\"event\":\"(\\w+)\",\"guest\":(\\w+),.*\\}", "$1 $2"))
            .filter(event -> !event.startsWith("fullyMapped") && !event.startsWith("balloonEmpty"))
            .toList();
    assertEquals(
        List.of(
            "listening null",
            "connected 1",
            "memory 1",
            "driverUp 1",
            "gateOpened 1",
            "targetReached 1",
            "driverPaused 1",
            "gone 1",
            "waiting null",
            "ended null"),
        events,
        ended.out());
  }

  @Test
  void tellsAProgramOfAGuestThatIsRefusedAndWhy() throws IOException {
    try (var daemon = Daemon.listening(socket(), "--json", "--resident", "1G")) {
      try (VhostGuest guest = daemon.guest()) {
        assertThrows(IllegalStateException.class, guest::load);
      }
      daemon.awaitErr("aerostat: guest 1 gets no balloon: a guest minimum of 1073741824 bytes");
      daemon.awaitOut("{\"event\":\"noBalloon\",\"guest\":1,");
      daemon.awaitOut("\"reason\":\"a guest minimum of 1073741824 bytes");
      daemon.awaitOut("\"event\":\"gone\",\"guest\":1,");
    }
  }

  @Test
  void tellsAProgramWhyASessionFailed() throws IOException {
    try (var daemon = Daemon.listening(socket(), "--json")) {
      daemon.awaitOut("\"event\":\"listening\"");
      try (var client = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
        int _ = client.write(ByteBuffer.allocate(12));
        daemon.awaitOut("{\"event\":\"sessionFailed\",\"guest\":1,").awaitOut(",\"reason\":\"");
      }
      daemon.awaitOut("\"event\":\"gone\",\"guest\":1,");
    }
  }

  private static void leaveBehind(Path socket) throws IOException {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      var _ = server.bind(UnixDomainSocketAddress.of(socket));
    }
  }

  private static void assertCannotListen(Path socket, String why) {
    Invocation invocation =
        Invocation.of(FakeSimulator.smooth(), "serve", "--socket", socket.toString());
    assertEquals(1, invocation.exitCode());
    assertEquals("", invocation.out());
    assertEquals(1, invocation.err().lines().count(), invocation.err());
    assertTrue(invocation.err().contains(why), invocation.err());
  }
}
