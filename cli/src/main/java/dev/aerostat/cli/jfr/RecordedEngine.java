package dev.aerostat.cli.jfr;

import dev.aerostat.cli.text.ByteSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;

/** What a recording holds about one engine. */
final class RecordedEngine {
  /** What takes time, under the names that text and JSON give it. */
  enum Kind {
    POPULATE("populate", "populate", "Populate"),
    MAP("map", "map", "Map"),
    UNMAP("unmap", "unmap", "Unmap"),
    DEFLATE_WAIT("deflate wait", "deflateWait", "DeflateWait"),
    RESET("reset", "reset", "Reset");

    private final String words;
    private final String json;
    private final String event;

    Kind(String words, String json, String event) {
      this.words = words;
      this.json = json;
      this.event = event;
    }

    String json() {
      return json;
    }

    String words() {
      return words;
    }
  }

  /** A moment of its boot, in nanoseconds after its start. */
  record Moment(long nanos, String what) {}

  private final long number;
  private final Map<Kind, CallTimes> times = new EnumMap<>(Kind.class);
  private final List<Moment> moments = new ArrayList<>();
  private Optional<RecordedEvent> totals = Optional.empty();
  private long memoryBytes;
  private boolean simulated;
  private long lastMapNanos;

  RecordedEngine(long number) {
    this.number = number;
    for (Kind kind : Kind.values()) {
      times.put(kind, new CallTimes());
    }
  }

  long number() {
    return number;
  }

  boolean simulated() {
    return simulated;
  }

  /** Returns the guest's RAM; 0 if the recording does not say. */
  long memoryBytes() {
    return memoryBytes;
  }

  CallTimes times(Kind kind) {
    return times.getOrDefault(kind, new CallTimes());
  }

  /** Returns the last counts, if there are any. */
  Optional<RecordedEvent> totals() {
    return totals;
  }

  /** Returns what happened, in order. */
  List<Moment> timeline() {
    var all = new ArrayList<>(moments);
    if (memoryBytes > 0 && times(Kind.MAP).bytes() >= memoryBytes) {
      all.add(new Moment(lastMapNanos, "all memory is mapped"));
    }
    all.sort(Comparator.comparingLong(Moment::nanos));
    return all;
  }

  /** Adds an event, by its name without ours. */
  void add(String name, RecordedEvent event) {
    long at = event.getLong("at");
    switch (name) {
      case "Start" -> {
        memoryBytes = event.getLong("memoryBytes");
        simulated = event.getBoolean("simulated");
        moments.add(new Moment(at, "the engine starts"));
      }
      case "Gate" -> moments.add(new Moment(at, gate(event)));
      case "Failure" ->
          moments.add(new Moment(at, "the engine fails: " + event.getString("cause")));
      case "Close" -> moments.add(new Moment(at, "the engine has ended"));
      case "Totals" -> total(event, at);
      default -> {
        for (Kind kind : Kind.values()) {
          if (kind.event.equals(name)) {
            took(kind, event, at);
          }
        }
      }
    }
  }

  private static String gate(RecordedEvent event) {
    return "the gate %s: %s".formatted(event.getBoolean("open") ? "opens" : "closes", state(event));
  }

  /** Returns how far an engine is, as an event has it: what the guest has not plugged if any is. */
  static String state(RecordedEvent event) {
    long unplugged = event.getLong("unpluggedBytes");
    return "%s mapped, %s in the balloon%s"
        .formatted(
            new ByteSize(event.getLong("mappedBytes")),
            new ByteSize(event.getLong("balloonedBytes")),
            unplugged == 0 ? "" : ", %s not plugged".formatted(new ByteSize(unplugged)));
  }

  private void total(RecordedEvent event, long at) {
    memoryBytes = event.getLong("memoryBytes");
    if (totals.isEmpty() || totals.get().getLong("at") <= at) {
      totals = Optional.of(event);
    }
  }

  private void took(Kind kind, RecordedEvent event, long at) {
    long took = event.getLong("took");
    boolean refused = event.hasField("refused") && event.getBoolean("refused");
    times(kind).add(event.hasField("bytes") ? event.getLong("bytes") : 0, took, refused);
    if (kind == Kind.MAP && !refused) {
      lastMapNanos = Math.max(lastMapNanos, at + took);
    }
  }
}
