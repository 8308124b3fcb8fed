package dev.aerostat.cli.serve;

import dev.aerostat.api.Pages;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.Console;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.vhost.user.VhostUserServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;

/** How large the balloon is to stay, by the user's word. Safe for use by any thread. */
final class OperatorTarget {
  private long targetBytes;
  private Optional<Guest> guest = Optional.empty();

  /** A guest, and how much of its memory may be in the balloon at most. */
  private record Guest(AsyncDmaMap engine, long mostBytes, Consumer<String> teller) {
    void ask(long bytes) {
      if (bytes > mostBytes) {
        teller.accept(
            "a balloon of %s is more than the guest can spare: asked for %s"
                .formatted(new ByteSize(bytes), new ByteSize(mostBytes)));
      }
      engine.operatorTarget(Math.min(bytes, mostBytes));
    }
  }

  OperatorTarget(long targetBytes) {
    this.targetBytes = targetBytes;
  }

  /** Returns what the guest is asked for: no more than it can spare. */
  synchronized long targetBytes() {
    return guest.map(served -> Math.min(targetBytes, served.mostBytes())).orElse(targetBytes);
  }

  /**
   * Asks it of this guest from now on.
   *
   * @param mostBytes of its memory that may be in the balloon: all but the guest minimum
   * @param teller is told if that is less than the target
   */
  synchronized void serve(AsyncDmaMap engine, long mostBytes, Consumer<String> teller) {
    guest = Optional.of(new Guest(engine, mostBytes, teller));
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
