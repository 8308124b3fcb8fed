package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.vhost.guest.VhostGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of guests that the daemon serves. */
class ServeReportTest {
  @TempDir private Path directory = Path.of("");

  private Path socket() {
    return directory.resolve("s");
  }

  @Test
  void eachGuestHasAPageOnceItIsGoneWithTheFiguresThatJsonPrints() throws IOException {
    Path first = directory.resolve("guest.html");
    Path second = directory.resolve("guest-2.html");
    List<String> lines;
    try (var daemon = Daemon.listening(socket(), "--json", "--report", first.toString())) {
      serveOne(daemon);
      daemon.await("a page", () -> Files.exists(first));
      assertFalse(Files.exists(second));
      serveOne(daemon);
      daemon.await("another page", () -> Files.exists(second));
      lines = daemon.quit().out().lines().filter(line -> line.contains("\"goneNanos\"")).toList();
    }
    assertEquals(2, lines.size());
    assertTrue(Files.readString(first).contains("\"figures\":" + figures(lines.getFirst()) + "}"));
    assertTrue(Files.readString(second).contains("\"figures\":" + figures(lines.getLast()) + "}"));
    assertTrue(Files.readString(first).contains("\"picture\":{\"rows\":0,\"columns\":[]}"));
    assertTrue(Files.readString(first).contains("{\"start\":4294967296,\"bytes\":134217728}"));
  }

  /** Returns the keys of an event, without those that all events have. */
  private static String figures(String event) {
    return "{" + event.substring(event.indexOf("\"memoryBytes\""));
  }

  private static void serveOne(Daemon daemon) throws IOException {
    try (VhostGuest guest = daemon.guest()) {
      guest.load();
      daemon.await("a balloon", () -> guest.accounts().inflateMessages() > 0);
      daemon.await("no balloon", () -> guest.accounts().balloonedPages() == 0);
    }
  }

  @Test
  void aGuestThatSharedNoMemoryHasNone() throws IOException {
    Path page = directory.resolve("guest.html");
    try (var daemon = Daemon.listening(socket(), "--report", page.toString())) {
      daemon.guest().close();
      daemon.awaitOut("guest 1 is gone");
    }
    assertFalse(Files.exists(page));
  }

  @Test
  void aPageThatCannotBeWrittenLeavesTheNextGuestServed() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("pages"));
    try (var daemon =
        Daemon.listening(socket(), "--report", folder.resolve("guest.html").toString())) {
      Files.delete(folder);
      serveOne(daemon);
      daemon.awaitErr("cannot be written: there is no directory");
      serveOne(daemon);
      daemon.awaitOut("guest 2 is gone");
    }
  }

  @Test
  void aFileThatCannotBeIsToldBeforeItListens() {
    Invocation invocation =
        Invocation.of(
            FakeSimulator.smooth(),
            "serve",
            "--socket",
            socket().toString(),
            "--report",
            directory.resolve("no/a.html").toString());
    assertEquals(1, invocation.exitCode());
    assertTrue(invocation.err().contains("there is no directory '"), invocation.err());
    assertFalse(Files.exists(socket()));
  }
}
