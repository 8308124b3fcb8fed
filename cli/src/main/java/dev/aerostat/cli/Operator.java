package dev.aerostat.cli;

import dev.aerostat.api.Pages;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.vhost.user.VhostUserServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Optional;

/** How large the balloon is to stay, by the user's word. Safe for use by any thread. */
final class Operator {
  private long targetBytes;
  private Optional<Guest> guest = Optional.empty();

  private record Guest(AsyncDmaMap engine, long memoryBytes) {
    void ask(long bytes) {
      engine.operatorTarget(Math.min(bytes, memoryBytes));
    }
  }

  Operator(long targetBytes) {
    this.targetBytes = targetBytes;
  }

  /** Gives the target; a guest has at most all of its memory in the balloon. */
  synchronized long targetBytes() {
    return targetBytes;
  }

  /** Asks it of this guest from now on. */
  synchronized void serve(AsyncDmaMap engine, long memoryBytes) {
    guest = Optional.of(new Guest(engine, memoryBytes));
    ask();
  }

  synchronized void guestGone() {
    guest = Optional.empty();
  }

  private synchronized void target(ByteSize size) {
    targetBytes = size.bytes() / Pages.SIZE * Pages.SIZE;
    ask();
  }

  private void ask() {
    guest.ifPresent(served -> served.ask(targetBytes));
  }

  /** Takes orders, a line each, until there are no more, on a thread of its own. */
  void listen(Console console, VhostUserServer server) {
    var lines = new BufferedReader(new InputStreamReader(console.in(), console.out().charset()));
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("aerostat-operator")
            .start(
                () -> {
                  try {
                    lines.lines().forEach(line -> obey(line.strip(), console, server));
                  } catch (UncheckedIOException unreadable) {
                    console.complain("standard input cannot be read: " + unreadable.getMessage());
                  }
                });
  }

  private void obey(String line, Console console, VhostUserServer server) {
    if (line.equals("quit")) {
      server.close();
    } else if (line.startsWith("target ")) {
      try {
        target(ByteSize.parse(line.substring("target ".length()).strip()));
      } catch (IllegalArgumentException unusable) {
        console.complain(String.valueOf(unusable.getMessage()));
      }
    } else if (!line.isEmpty()) {
      console.complain("'%s' is no order: expected 'target SIZE' or 'quit'".formatted(line));
    }
  }
}
