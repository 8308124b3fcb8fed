package dev.aerostat.vhost.user;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A program that runs to its end. Its pipes are closed then: a test may count descriptors. */
record Command(int exitCode, String output) {
  static Command run(String... words) throws IOException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    try (var _ = process.getOutputStream();
        var _ = process.getErrorStream();
        var output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      return new Command(process.waitFor(), said);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + words[0], interrupted);
    }
  }
}
