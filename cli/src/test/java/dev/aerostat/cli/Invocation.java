package dev.aerostat.cli;

import dev.aerostat.cli.boot.Simulator;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** One run of the command, and what its user sees of it. */
public record Invocation(int exitCode, String out, String err) {
  public static Invocation of(Simulator simulator, String... args) {
    return in(StandardCharsets.UTF_8, simulator, args);
  }

  public static Invocation in(Charset charset, Simulator simulator, String... args) {
    return on(Terminal.NONE, charset, simulator, args);
  }

  /** Runs the command where lines are so wide. */
  public static Invocation within(int columns, Simulator simulator, String... args) {
    return on(new Terminal(false, columns), StandardCharsets.UTF_8, simulator, args);
  }

  /** Runs the command where somebody looks on, at lines that are so wide. */
  public static Invocation seenWithin(int columns, Simulator simulator, String... args) {
    return on(new Terminal(true, columns), StandardCharsets.UTF_8, simulator, args);
  }

  private static Invocation on(
      Terminal terminal, Charset charset, Simulator simulator, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, charset),
            new PrintStream(err, true, charset),
            terminal);
    int exitCode = execute(simulator, console, args);
    return new Invocation(exitCode, out.toString(charset), err.toString(charset));
  }

  /** Runs the command on a console of the caller's, and returns its exit code. */
  public static int execute(Simulator simulator, Console console, String... args) {
    return AerostatCommand.on(simulator, console).execute(args);
  }
}
