package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.JsonText;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootReport.Deflate;
import dev.aerostat.simulation.BootReport.Inflate;
import dev.aerostat.simulation.BootReport.Plug;
import dev.aerostat.simulation.BootReport.Timeline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** Writes reports as JSON. Every object has every field; what never happened is null. */
final class ReportJson {
  private final JsonGenerator json;

  private ReportJson(JsonGenerator json) {
    this.json = json;
  }

  /** Writes one report as an object. */
  static String object(BootReport report) {
    return written(json -> json.report(report));
  }

  /** Writes reports as an array. */
  static String array(List<BootReport> reports) {
    return written(json -> json.array(reports, json::report));
  }

  /** Writes the runs of a comparison as an array. */
  static String comparison(List<ComparedBoot> trials) {
    return written(json -> json.array(trials, json::trial));
  }

  private static String written(Consumer<ReportJson> content) {
    return JsonText.of(generator -> content.accept(new ReportJson(generator)));
  }

  private <T> void array(List<T> elements, Consumer<T> write) {
    json.writeStartArray();
    elements.forEach(write);
    json.writeEndArray();
  }

  private void report(BootReport report) {
    object(ReportSettings.of(report, Optional.empty()), Optional.of(report), Optional.empty());
  }

  private void trial(ComparedBoot trial) {
    String variant = trial.variant().toString();
    Optional<BootReport> report = trial.report();
    ReportSettings settings =
        report
            .map(ran -> ReportSettings.of(ran, Optional.of(variant)))
            .orElseGet(() -> ReportSettings.of(trial.scenario(), variant));
    object(settings, report, trial.infeasibility());
  }

  private void object(
      ReportSettings settings, Optional<BootReport> report, Optional<String> infeasible) {
    json.writeStartObject();
    settings(settings);
    timeline(report.map(BootReport::timeline));
    inflate(report.map(BootReport::inflate));
    deflate(report.map(BootReport::deflate));
    plug(report.map(BootReport::plug));
    map(report.map(BootReport::map));
    number("trackerPeakBytes", report.map(BootReport::trackerPeakBytes));
    number("refusals", report.map(run -> run.refusals().count()));
    number("violations", report.map(BootReport::violations));
    number("wallNanos", report.map(BootReport::wallNanos));
    infeasible.ifPresent(reason -> json.writeStringProperty("infeasible", reason));
    json.writeEndObject();
  }

  private void settings(ReportSettings settings) {
    json.writeNumberProperty("memoryBytes", settings.memoryBytes());
    json.writeNumberProperty("residentBytes", settings.guestMinimumBytes());
    json.writeNumberProperty("balloonPageBytes", settings.balloonPageBytes());
    json.writeStringProperty("withhold", settings.withhold());
    json.writeStringProperty("strategy", settings.strategy());
    settings
        .variant()
        .ifPresentOrElse(
            variant -> json.writeStringProperty("variant", variant),
            () -> json.writeNullProperty("variant"));
    json.writeStringProperty("mapper", settings.mapper());
    json.writeStringProperty("guest", settings.guest());
    json.writeNumberProperty("seed", settings.seed());
  }

  private void timeline(Optional<Timeline> timeline) {
    json.writeObjectPropertyStart("timeline");
    time("inflatedNanos", timeline, Timeline::inflatedNanos);
    time("dmaReadyNanos", timeline, Timeline::dmaReadyNanos);
    time("fullyMappedNanos", timeline, Timeline::fullyMappedNanos);
    time("balloonEmptyNanos", timeline, Timeline::balloonEmptyNanos);
    time("pluggedNanos", timeline, Timeline::pluggedNanos);
    json.writeEndObject();
  }

  private void inflate(Optional<Inflate> inflate) {
    json.writeObjectPropertyStart("inflate");
    number("messages", inflate.map(Inflate::messages));
    number("pages", inflate.map(Inflate::pages));
    number("runs", inflate.map(Inflate::runs));
    number("peakRanges", inflate.map(Inflate::peakRanges));
    json.writeEndObject();
  }

  private void deflate(Optional<Deflate> deflate) {
    json.writeObjectPropertyStart("deflate");
    number("messages", deflate.map(Deflate::messages));
    number("pages", deflate.map(Deflate::pages));
    number("preMappedPages", deflate.map(Deflate::preMappedPages));
    number("onDemandPages", deflate.map(Deflate::onDemandPages));
    number("onDemandMaps", deflate.map(Deflate::onDemandMaps));
    time("ackNanosP50", deflate, Deflate::ackNanosP50);
    time("ackNanosP99", deflate, Deflate::ackNanosP99);
    time("ackNanosMax", deflate, Deflate::ackNanosMax);
    json.writeEndObject();
  }

  private void plug(Optional<Plug> plug) {
    json.writeObjectPropertyStart("plug");
    number("requests", plug.map(Plug::requests));
    number("bytes", plug.map(Plug::bytes));
    number("waited", plug.map(Plug::waited));
    number("waitNanosMax", plug.map(Plug::waitNanosMax));
    json.writeEndObject();
  }

  private void map(Optional<BootReport.Map> map) {
    json.writeObjectPropertyStart("map");
    number("calls", map.map(BootReport.Map::calls));
    number("bytes", map.map(BootReport.Map::bytes));
    number("bytesAtGate", map.map(BootReport.Map::bytesAtGate));
    number("liveMappings", map.map(BootReport.Map::liveMappings));
    number("peakMappings", map.map(BootReport.Map::peakMappings));
    number("busyNanos", map.map(BootReport.Map::busyNanos));
    number("populateBusyNanos", map.map(BootReport.Map::populateBusyNanos));
    json.writeEndObject();
  }

  private <T> void time(String name, Optional<T> part, Function<T, OptionalLong> of) {
    number(name, part.map(of).filter(OptionalLong::isPresent).map(OptionalLong::getAsLong));
  }

  private void number(String name, Optional<Long> value) {
    if (value.isPresent()) {
      json.writeNumberProperty(name, value.get());
    } else {
      json.writeNullProperty(name);
    }
  }
}
