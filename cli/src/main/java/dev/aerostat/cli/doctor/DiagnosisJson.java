package dev.aerostat.cli.doctor;

import dev.aerostat.cli.text.JsonText;
import dev.aerostat.cli.text.Release;
import dev.aerostat.mapper.spi.HostFinding;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Writes a diagnosis as JSON. Every object has every field; what there is none of is null. */
final class DiagnosisJson {
  private final JsonGenerator json;

  private DiagnosisJson(JsonGenerator json) {
    this.json = json;
  }

  /** Writes it as one object. */
  static String of(Diagnosis diagnosis) {
    return JsonText.of(generator -> new DiagnosisJson(generator).object(diagnosis));
  }

  private void object(Diagnosis diagnosis) {
    json.writeStartObject();
    json.writeStringProperty("aerostat", Release.name());
    json.writeNumberProperty("memoryBytes", diagnosis.examined().ramBytes());
    json.writeArrayPropertyStart("devices");
    diagnosis.examined().devices().forEach(json::writeString);
    json.writeEndArray();
    json.writeArrayPropertyStart("findings");
    diagnosis.entries().forEach(this::finding);
    json.writeEndArray();
    text("failure", diagnosis.failure().orElse(""));
    json.writeEndObject();
  }

  private void finding(Diagnosis.Entry entry) {
    HostFinding finding = entry.finding();
    json.writeStartObject();
    json.writeStringProperty("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
    text("mapper", entry.mapper());
    json.writeStringProperty("subject", finding.subject());
    json.writeStringProperty("fact", finding.fact());
    text("cost", finding.cost());
    json.writeArrayPropertyStart("commands");
    finding.commands().forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }

  private void text(String name, String text) {
    Optional.of(text)
        .filter(some -> !some.isEmpty())
        .ifPresentOrElse(
            some -> json.writeStringProperty(name, some), () -> json.writeNullProperty(name));
  }
}
