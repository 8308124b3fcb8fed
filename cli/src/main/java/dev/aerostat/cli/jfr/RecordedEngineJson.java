package dev.aerostat.cli.jfr;

import dev.aerostat.cli.jfr.RecordedEngine.Kind;
import dev.aerostat.cli.jfr.RecordedEngine.Moment;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import tools.jackson.core.JsonGenerator;

/**
 * Writes what a recording holds about engines as JSON. Times are in nanoseconds, sizes in bytes.
 */
final class RecordedEngineJson {
  private static final List<String> TOTALS =
      List.of(
          "mappedBytes",
          "balloonedBytes",
          "unpluggedBytes",
          "targetBytes",
          "inflateMessages",
          "inflatedBytes",
          "deflateMessages",
          "deflatedBytes",
          "onDemandBytes",
          "deflateWaits",
          "maps",
          "refusals",
          "resets",
          "dmaWanted",
          "mistakes");

  private RecordedEngineJson() {}

  static void write(JsonGenerator json, List<RecordedEngine> engines) {
    json.writeStartObject();
    json.writeArrayPropertyStart("engines");
    engines.forEach(engine -> write(json, engine));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, RecordedEngine engine) {
    json.writeStartObject();
    json.writeNumberProperty("engine", engine.number());
    json.writeBooleanProperty("simulated", engine.simulated());
    json.writeNumberProperty("memoryBytes", engine.memoryBytes());
    json.writeArrayPropertyStart("timeline");
    for (Moment moment : engine.timeline()) {
      json.writeStartObject();
      json.writeNumberProperty("nanos", moment.nanos());
      json.writeStringProperty("what", moment.what());
      json.writeEndObject();
    }
    json.writeEndArray();
    for (Kind kind : Kind.values()) {
      write(json, kind.json(), engine.times(kind));
    }
    if (engine.totals().isPresent()) {
      totals(json, engine.totals().get());
    } else {
      json.writeNullProperty("totals");
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, CallTimes times) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("count", times.count());
    json.writeNumberProperty("bytes", times.bytes());
    json.writeNumberProperty("refused", times.refused());
    json.writeNumberProperty("totalNanos", times.totalNanos());
    json.writeNumberProperty("p50Nanos", times.percentile(50));
    json.writeNumberProperty("p99Nanos", times.percentile(99));
    json.writeNumberProperty("maxNanos", times.maxNanos());
    json.writeEndObject();
  }

  private static void totals(JsonGenerator json, RecordedEvent totals) {
    json.writeObjectPropertyStart("totals");
    json.writeBooleanProperty("gateOpen", totals.getBoolean("gateOpen"));
    TOTALS.forEach(field -> json.writeNumberProperty(field, totals.getLong(field)));
    json.writeEndObject();
  }
}
