package dev.aerostat.simulation;

import dev.aerostat.api.HostRefusedException;
import java.io.IOException;

/** Simulates one boot on a virtual clock. */
public final class Boot {
  private Boot() {}

  /**
   * Runs a boot to its end: until nothing happens any more, or only what repeats for ever.
   *
   * @param scenario what to simulate
   * @param watcher hears of progress
   * @return what came of it
   * @throws IllegalArgumentException if the scenario cannot be: an unknown mapper (the message lists
   *     those found), an option it does not know, a size out of range, or memory that the mapper
   *     cannot hold
   * @throws IllegalStateException if the mapper is not available here
   * @throws HostRefusedException if the mapper cannot be opened
   * @throws IOException if guest memory cannot be laid out
   */
  public static BootReport run(BootScenario scenario, BootWatcher watcher)
      throws HostRefusedException, IOException {
    throw new UnsupportedOperationException(scenario.toString() + watcher);
  }
}
