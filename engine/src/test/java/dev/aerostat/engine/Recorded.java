package dev.aerostat.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A recording of Flight Recorder, and what it holds of the engines that started meanwhile. */
final class Recorded implements AutoCloseable {
  private static final String OURS = "dev.aerostat.";

  final Recording recording = new Recording();

  Recorded() {
    recording.start();
  }

  /** Ends the recording, and returns its events of one kind, in the order in which they began. */
  List<RecordedEvent> events(String name) {
    return all().stream()
        .filter(event -> event.getEventType().getName().equals(name(name)))
        .toList();
  }

  private static String name(String name) {
    return OURS + name;
  }

  private List<RecordedEvent> all() {
    try {
      Path file = Files.createTempFile("engine", ".jfr");
      try {
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().startsWith(OURS))
            .sorted(Comparator.comparing(RecordedEvent::getStartTime))
            .toList();
      } finally {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() {
    recording.close();
  }
}
