package dev.aerostat.cli.selftest;

import dev.aerostat.api.IovaRange;
import dev.aerostat.cli.text.JsonText;
import dev.aerostat.cli.text.Release;
import dev.aerostat.mapper.contract.ClauseOutcome;
import dev.aerostat.mapper.contract.ProbedSource;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Writes a self-test as JSON. Every object has every field; what is not known is null. */
final class SelftestJson {
  private final JsonGenerator json;

  private SelftestJson(JsonGenerator json) {
    this.json = json;
  }

  /** Writes it as one object. */
  static String of(Selftest selftest) {
    return JsonText.of(generator -> new SelftestJson(generator).object(selftest));
  }

  private void object(Selftest selftest) {
    json.writeStartObject();
    host(selftest.host());
    limits(selftest.source());
    json.writeArrayPropertyStart("clauses");
    selftest.results().forEach(this::clause);
    json.writeEndArray();
    json.writeNumberProperty("passed", selftest.count(ClauseOutcome.Passed.class));
    json.writeNumberProperty("failed", selftest.count(ClauseOutcome.Failed.class));
    json.writeNumberProperty("notApplicable", selftest.count(ClauseOutcome.NotApplicable.class));
    text("failure", selftest.failure());
    json.writeEndObject();
  }

  private void host(TestedHost host) {
    json.writeStringProperty("aerostat", Release.name());
    json.writeStringProperty("kernel", host.kernel());
    json.writeStringProperty("java", host.java());
    json.writeStringProperty("mapper", host.mapper());
    json.writeObjectPropertyStart("options");
    host.options().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeBooleanProperty("available", host.available());
    json.writeStringProperty("availability", host.detail());
    json.writeStringProperty("memoryLock", host.memoryLock());
  }

  private void limits(Optional<ProbedSource> source) {
    if (source.isEmpty()) {
      json.writeNullProperty("limits");
      return;
    }
    MapperLimits limits = source.get().limits();
    json.writeObjectPropertyStart("limits");
    json.writeNumberProperty("pageSizes", limits.pageSizes());
    if (limits.entriesLeft() == MapperLimits.UNLIMITED) {
      json.writeNullProperty("entriesLeft");
    } else {
      json.writeNumberProperty("entriesLeft", limits.entriesLeft());
    }
    json.writeBooleanProperty("concurrentMaps", limits.concurrentMaps());
    json.writeBooleanProperty("refusesEmptyUnmap", source.get().refusesEmptyUnmap());
    json.writeArrayPropertyStart("iovaRanges");
    limits.iovaRanges().forEach(this::range);
    json.writeEndArray();
    json.writeEndObject();
  }

  private void range(IovaRange range) {
    json.writeStartObject();
    json.writeNumberProperty("start", range.start());
    json.writeNumberProperty("end", range.end());
    json.writeEndObject();
  }

  private void clause(Selftest.Result result) {
    json.writeStartObject();
    json.writeStringProperty("clause", result.clause().text());
    switch (result.outcome()) {
      case ClauseOutcome.Passed _ -> outcome("passed", Optional.empty());
      case ClauseOutcome.Failed(String what, _) -> outcome("failed", Optional.of(what));
      case ClauseOutcome.NotApplicable(String why) -> outcome("notApplicable", Optional.of(why));
    }
    json.writeEndObject();
  }

  private void outcome(String name, Optional<String> detail) {
    json.writeStringProperty("outcome", name);
    text("detail", detail);
  }

  private void text(String name, Optional<String> text) {
    text.ifPresentOrElse(
        present -> json.writeStringProperty(name, present), () -> json.writeNullProperty(name));
  }
}
