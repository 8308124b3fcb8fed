package dev.aerostat.simulation.trace;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** The recorded traces, and ways to read them whole. */
final class Traces {
  private Traces() {}

  static Path recorded(String name) {
    var found = Objects.requireNonNull(Traces.class.getResource("/traces/" + name + ".trace.gz"));
    return Path.of(found.getPath());
  }

  static List<String> text(String name) {
    try (InputStream bytes = new GZIPInputStream(Files.newInputStream(recorded(name)))) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static List<TraceLine> readAll(Path file) throws IOException {
    var lines = new ArrayList<TraceLine>();
    try (TraceReader trace = TraceReader.open(file)) {
      for (var line = trace.next(); line.isPresent(); line = trace.next()) {
        lines.add(line.orElseThrow());
      }
    }
    return lines;
  }

  static List<TraceLine> readAll(List<String> text) throws IOException {
    Path file = Files.createTempFile("aerostat", ".trace");
    try {
      return readAll(Files.write(file, text));
    } finally {
      Files.delete(file);
    }
  }
}
