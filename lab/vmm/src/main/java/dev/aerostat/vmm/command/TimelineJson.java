package dev.aerostat.vmm.command;

import dev.aerostat.vmm.MachineSettings;
import dev.aerostat.vmm.Moment;
import java.io.StringWriter;
import java.util.Locale;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * A run as a line of JSON: an object with every field, what never happened is null. Times are in
 * nanoseconds from the start of the VMM, pages in units of 4 KiB.
 */
final class TimelineJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private TimelineJson() {}

  static String of(TimelineReport report) {
    var text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      writeSettings(json, report);
      writeTimeline(json, report);
      writeCounts(json, report);
      json.writeStringProperty("end", lower(report.end().kind()).replace('_', '-'));
      json.writeStringProperty("endedBy", report.end().how());
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  private static void writeSettings(JsonGenerator json, TimelineReport report) {
    MachineSettings settings = report.settings();
    json.writeNumberProperty("memoryBytes", settings.memoryBytes());
    json.writeNumberProperty("cpus", settings.processors());
    json.writeStringProperty("strategy", lower(settings.strategy()));
    json.writeStringProperty("mapper", report.mapper());
    json.writeStringProperty("transport", lower(settings.transport()));
    json.writeBooleanProperty("hugeBalloonPages", settings.hugeBalloonPages());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void writeTimeline(JsonGenerator json, TimelineReport report) {
    json.writeObjectPropertyStart("timeline");
    for (Moment moment : Moment.values()) {
      OptionalLong nanos = report.timeline().nanos(moment);
      if (nanos.isPresent()) {
        json.writeNumberProperty(moment.property(), nanos.getAsLong());
      } else {
        json.writeNullProperty(moment.property());
      }
    }
    json.writeEndObject();
  }

  private static void writeCounts(JsonGenerator json, TimelineReport report) {
    json.writeNumberProperty("mostBalloonedBytes", report.timeline().mostBalloonedBytes());
    json.writeObjectPropertyStart("inflate");
    json.writeNumberProperty("messages", report.engine().inflateMessages());
    json.writeNumberProperty("pages", report.engine().inflatePages());
    json.writeEndObject();
    json.writeObjectPropertyStart("deflate");
    json.writeNumberProperty("messages", report.engine().deflateMessages());
    json.writeNumberProperty("pages", report.engine().deflatePages());
    json.writeNumberProperty("preMappedPages", report.engine().preMappedPages());
    json.writeNumberProperty("onDemandPages", report.engine().onDemandPages());
    json.writeEndObject();
    json.writeObjectPropertyStart("map");
    json.writeNumberProperty("calls", report.engine().maps());
    json.writeNumberProperty("bytes", report.engine().mappedBytes());
    json.writeEndObject();
    json.writeNumberProperty("refusals", report.engine().refusals());
    json.writeNumberProperty("dmaWanted", report.engine().dmaWanted());
    json.writeNumberProperty("resets", report.balloon().resets());
    json.writeNumberProperty(
        "mistakes", report.balloon().mistakes().values().stream().mapToLong(Long::longValue).sum());
  }
}
