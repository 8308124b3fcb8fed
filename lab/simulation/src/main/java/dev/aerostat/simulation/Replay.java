package dev.aerostat.simulation;

import dev.aerostat.api.HostRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Replays recorded driver traffic through rings, codec, tracker and engine on a virtual clock. */
public final class Replay {
  private Replay() {}

  /**
   * Runs a recording to its end. A line happens at its recorded time or when its predecessor is
   * acknowledged, whichever is later; the guest does not hear the engine's target.
   *
   * @param trace the recording, plain or compressed with gzip
   * @param mapper name of the mapper plugin
   * @param mapperOptions the plugin's own settings
   * @param watcher hears of progress
   * @return what came of it
   * @throws IOException if the file cannot be read, or is not a recording: the message names file,
   *     line, what was found and what was expected
   * @throws IllegalArgumentException as {@link Boot#run}
   * @throws IllegalStateException if the mapper is not available here
   * @throws HostRefusedException if the mapper cannot be opened
   */
  public static BootReport run(
      Path trace, String mapper, Map<String, String> mapperOptions, BootWatcher watcher)
      throws HostRefusedException, IOException {
    throw new UnsupportedOperationException(trace + mapper + mapperOptions + watcher);
  }
}
