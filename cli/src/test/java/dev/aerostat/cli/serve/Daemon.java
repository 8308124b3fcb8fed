package dev.aerostat.cli.serve;

import dev.aerostat.api.GuestRange;
import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Terminal;
import dev.aerostat.guest.sim.BalloonPage;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.vhost.guest.VhostGuest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** {@code aerostat serve --interactive}, running, and guests for it. */
final class Daemon implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private static final long MIB = 1 << 20;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PipedOutputStream orders = new PipedOutputStream();
  private final Path socket;
  private final CompletableFuture<Integer> exitCode;

  private Daemon(Path socket, boolean live, String... more) throws IOException {
    this.socket = socket;
    var console =
        new Console(
            new PipedInputStream(orders),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new Terminal(live, Terminal.UNLIMITED));
    String[] args = new String[4 + more.length];
    System.arraycopy(
        new String[] {"serve", "--socket", socket.toString(), "--interactive"}, 0, args, 0, 4);
    System.arraycopy(more, 0, args, 4, more.length);
    exitCode =
        CompletableFuture.supplyAsync(
            () -> Invocation.execute(FakeSimulator.smooth(), console, args));
  }

  /** Starts one without a terminal and waits until it listens. */
  static Daemon listening(Path socket, String... more) throws IOException {
    return new Daemon(socket, false, more).awaitSocket();
  }

  /** The same on a terminal. */
  static Daemon live(Path socket, String... more) throws IOException {
    return new Daemon(socket, true, more).awaitSocket();
  }

  private Daemon awaitSocket() {
    await("a server that listens", () -> out().contains("listening") || exitCode.isDone());
    return this;
  }

  /** Boots a guest of 512 MiB, with a hole; its stock driver is not loaded yet. */
  VhostGuest guest() throws IOException {
    return guest(BalloonPage.SMALL);
  }

  /** Boots such a guest whose driver would balloon pages of this size. */
  VhostGuest guest(BalloonPage page) throws IOException {
    List<GuestRange> ram =
        List.of(GuestRange.ofLength(0, 384 * MIB), GuestRange.ofLength(4096 * MIB, 128 * MIB));
    return VhostGuest.boot(socket, ram, GuestProfile.linux().withBalloonPage(page));
  }

  Daemon order(String line) throws IOException {
    orders.write((line + '\n').getBytes(StandardCharsets.UTF_8));
    orders.flush();
    return this;
  }

  Daemon awaitOut(String text) {
    return awaitOut(text, 1);
  }

  Daemon awaitOut(String text, int times) {
    await(text, () -> out().split(Pattern.quote(text), -1).length > times);
    return this;
  }

  Daemon awaitErr(String text) {
    await(text, () -> err().contains(text));
    return this;
  }

  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "waited in vain for: %s%nout: %s%nerr: %s".formatted(what, out(), err()));
      }
      sleep();
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Ends it, and returns what came of it. */
  Invocation quit() throws IOException {
    order("quit");
    await("the end", exitCode::isDone);
    return new Invocation(exitCode.join(), out(), err());
  }

  @Override
  public void close() throws IOException {
    if (!exitCode.isDone()) {
      var _ = quit();
    }
  }
}
