package dev.aerostat.vmm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was measured, as a table and as JSON. Not for several threads. */
final class Chart {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Map<Long, Map<ChartWay, List<Boot>>> boots = new TreeMap<>();

  /**
   * A boot; moments in nanoseconds from the start of the VMM.
   *
   * @param way how
   * @param memoryBytes the guest's
   * @param running when the guest started
   * @param driver when its balloon driver had loaded
   * @param ready when the gate opened
   * @param firstDma when the first DMA had arrived
   * @param balloonedBytes the balloon when it was largest
   */
  record Boot(
      ChartWay way,
      long memoryBytes,
      long running,
      long driver,
      long ready,
      long firstDma,
      long balloonedBytes) {
    static Boot of(ChartWay way, long memoryBytes, Timeline timeline) {
      return new Boot(
          way,
          memoryBytes,
          timeline.nanos(Moment.RUNNING).orElseThrow(),
          timeline.nanos(Moment.DRIVER_LOADED).orElseThrow(),
          timeline.nanos(Moment.DMA_READY).orElseThrow(),
          timeline.nanos(Moment.FIRST_DMA).orElseThrow(),
          timeline.mostBalloonedBytes());
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "%5d MiB  %-11s  guest starts %.1f s, balloon driver %.1f s, gate %.1f s, first DMA"
              + " %.1f s, %d MiB in the balloon",
          memoryBytes >> 20,
          way.words(),
          running / NANOS_PER_SECOND,
          driver / NANOS_PER_SECOND,
          ready / NANOS_PER_SECOND,
          firstDma / NANOS_PER_SECOND,
          balloonedBytes >> 20);
    }

    private String json() {
      return String.format(
          Locale.ROOT,
          "{\"memoryBytes\":%d,\"way\":\"%s\",\"runningNanos\":%d,\"driverNanos\":%d,"
              + "\"dmaReadyNanos\":%d,\"firstDmaNanos\":%d,\"mostBalloonedBytes\":%d}\n",
          memoryBytes,
          way.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          running,
          driver,
          ready,
          firstDma,
          balloonedBytes);
    }
  }

  void add(Boot boot) {
    boots
        .computeIfAbsent(boot.memoryBytes(), _ -> new EnumMap<>(ChartWay.class))
        .computeIfAbsent(boot.way(), _ -> new ArrayList<>())
        .add(boot);
  }

  /**
   * Returns a line for each size: the seconds until the first DMA of each way, of every boot, and
   * how many times earlier than with sync that was; of several boots the medians are compared.
   */
  String table() {
    var text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%-8s", "memory"));
    for (ChartWay way : ChartWay.values()) {
      text.append(String.format(Locale.ROOT, "  %-22s", way.words()));
    }
    text.append('\n');
    boots.forEach(
        (bytes, ways) -> {
          text.append(String.format(Locale.ROOT, "%4d MiB", bytes >> 20));
          ways.forEach(
              (way, runs) ->
                  text.append(String.format(Locale.ROOT, "  %-22s", cell(way, runs, ways))));
          text.append('\n');
        });
    return text.toString();
  }

  private static String cell(ChartWay way, List<Boot> runs, Map<ChartWay, List<Boot>> ways) {
    String seconds =
        runs.stream()
            .map(run -> run.firstDma() / NANOS_PER_SECOND)
            .sorted()
            .map(it -> String.format(Locale.ROOT, "%.1f", it))
            .collect(Collectors.joining(" "));
    if (way == ChartWay.SYNC) {
      return seconds + " s";
    }
    double ratio = median(ways.getOrDefault(ChartWay.SYNC, List.of())) / median(runs);
    return seconds + String.format(Locale.ROOT, " s, %.1f x", ratio);
  }

  private static double median(List<Boot> runs) {
    long[] sorted = runs.stream().mapToLong(Boot::firstDma).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length == 0 ? Double.NaN : (sorted[half] + sorted[(sorted.length - 1) / 2]) / 2.0;
  }

  /** Returns a line of JSON for each boot. */
  String json() {
    return boots.values().stream()
        .flatMap(ways -> ways.values().stream())
        .flatMap(List::stream)
        .map(Boot::json)
        .collect(Collectors.joining());
  }
}
