package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.TrackerKind;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The command that runs one boot again. */
final class BootCommandLine {
  private BootCommandLine() {}

  /**
   * Returns the command.
   *
   * @param scenario maps as {@code --strategy async} or {@code sync} does
   * @return {@code aerostat boot} with every option that decides what happens
   */
  static String of(BootScenario scenario) {
    var words = new StringJoiner(" ").add("aerostat boot");
    option(words, "memory", new ByteSize(scenario.memoryBytes()).exactly());
    option(words, "resident", new ByteSize(scenario.guestMinimumBytes()).exactly());
    option(words, "withhold", scenario.withholding().toString());
    option(words, "balloon-page", new ByteSize(scenario.balloonPageBytes()).exactly());
    option(words, "strategy", scenario.variant().async() ? "async" : "sync");
    option(words, "mapper", scenario.mapper());
    new TreeMap<>(scenario.mapperOptions())
        .forEach((key, value) -> option(words, "mapper-option", key + "=" + value));
    option(words, "tracker", tracker(scenario.tracker()));
    option(words, "prefault-threads", Integer.toString(scenario.prefaultThreads()));
    option(words, "driver-after", scenario.driverAfterNanos() + "ns");
    option(words, "guest", scenario.guest().toString());
    option(words, "seed", Long.toString(scenario.seed()));
    return words.toString();
  }

  private static void option(StringJoiner words, String name, String value) {
    words.add("--" + name).add(value);
  }

  private static String tracker(TrackerKind kind) {
    return switch (kind) {
      case INTERVAL_TREE -> "interval-tree";
      case BITMAP -> "bitmap";
    };
  }
}
