package dev.aerostat.cli.jfr;

import dev.aerostat.cli.text.CommandFailedException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Reads a recording, event by event, so that it may be larger than memory. */
final class RecordingReader {
  private static final String OURS = "dev.aerostat.";

  private RecordingReader() {}

  /**
   * Reads what a recording holds about engines.
   *
   * @return them by number
   * @throws IOException if it may not be read
   * @throws CommandFailedException if there is no such file, or it is no recording, or one that was
   *     cut off
   */
  static List<RecordedEngine> engines(Path file) throws IOException {
    if (!file.toFile().exists()) {
      throw new CommandFailedException(
          ("there is no file '%s': expected a recording of Flight Recorder's; 'aerostat jfr --help'"
                  + " shows how to make one")
              .formatted(file));
    }
    var engines = new TreeMap<Long, RecordedEngine>();
    try (var recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        add(engines, recording.readEvent());
      }
    } catch (AccessDeniedException denied) {
      throw denied;
    } catch (IOException | RuntimeException broken) {
      throw new CommandFailedException(
          "'%s' cannot be read as a recording of Flight Recorder's: %s; has the program that makes it ended?"
              .formatted(file, broken.getMessage()),
          broken);
    }
    return List.copyOf(engines.values());
  }

  private static void add(Map<Long, RecordedEngine> engines, RecordedEvent event) {
    String name = event.getEventType().getName();
    if (name.startsWith(OURS)) {
      engines
          .computeIfAbsent(event.getLong("engine"), RecordedEngine::new)
          .add(name.substring(OURS.length()), event);
    }
  }
}
