package dev.aerostat.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program that ran, and all that it printed.
 *
 * @param exitCode 0 if all went well
 * @param output standard output and standard error
 */
record Ran(int exitCode, String output) {
  /** Runs a program with nothing in its environment but what is given, and waits for its end. */
  static Ran of(Path directory, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  /** Returns what was printed, if all went well. */
  String successfully() {
    if (exitCode != 0) {
      throw new AssertionError("exit code %d: %s".formatted(exitCode, output));
    }
    return output;
  }
}
