package dev.aerostat.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** One run of the command, and what its user sees of it. */
record Invocation(int exitCode, String out, String err) {
  static Invocation of(Simulator simulator, String... args) {
    return in(StandardCharsets.UTF_8, simulator, args);
  }

  static Invocation in(Charset charset, Simulator simulator, String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, charset),
            new PrintStream(err, true, charset),
            false);
    int exitCode = AerostatCommand.on(simulator, console).execute(args);
    return new Invocation(exitCode, out.toString(charset), err.toString(charset));
  }
}
