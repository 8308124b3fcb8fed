package dev.aerostat.cli.serve;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.JsonText;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import tools.jackson.core.JsonGenerator;

/** Writes what a served guest came to: every field, and null for what never happened. */
final class GuestJson {
  private final JsonGenerator json;
  private final Optional<ServedGuestCounts> figures;

  private GuestJson(JsonGenerator json, Optional<ServedGuestCounts> figures) {
    this.json = json;
    this.figures = figures;
  }

  /**
   * Writes its fields into an object that is open.
   *
   * @param diary what happened when
   * @param figures what was counted, if the guest's driver ever shared its memory
   */
  static void write(
      JsonGenerator json,
      ServeSettings settings,
      GuestEventLog diary,
      Optional<ServedGuestCounts> figures) {
    new GuestJson(json, figures).fields(settings, diary);
  }

  /** Returns its fields as an object of their own. */
  static String object(
      ServeSettings settings, GuestEventLog diary, Optional<ServedGuestCounts> figures) {
    return JsonText.line(
        json -> {
          json.writeStartObject();
          write(json, settings, diary, figures);
          json.writeEndObject();
        });
  }

  private void fields(ServeSettings settings, GuestEventLog diary) {
    number("memoryBytes", ServedGuestCounts::memoryBytes);
    number("regions", ServedGuestCounts::regions);
    number("residentBytes", ServedGuestCounts::guestMinimumBytes);
    json.writeStringProperty("strategy", settings.strategyName());
    json.writeStringProperty("mapper", settings.mapper().name());
    write("balloonPageBytes", bytes(diary.balloonPage()));
    timeline(diary);
    json.writeObjectPropertyStart("inflate");
    engine("messages", EngineCounters::inflateMessages);
    engine("pages", EngineCounters::inflatePages);
    engine("runs", EngineCounters::inflateRuns);
    engine("peakRanges", EngineCounters::peakRanges);
    json.writeEndObject();
    json.writeObjectPropertyStart("deflate");
    engine("messages", EngineCounters::deflateMessages);
    engine("pages", EngineCounters::deflatePages);
    engine("preMappedPages", EngineCounters::preMappedPages);
    engine("onDemandPages", EngineCounters::onDemandPages);
    engine("onDemandMaps", EngineCounters::onDemandMaps);
    json.writeEndObject();
    json.writeObjectPropertyStart("map");
    engine("calls", EngineCounters::maps);
    engine("bytes", EngineCounters::mappedBytes);
    json.writeEndObject();
    engine("trackerPeakBytes", EngineCounters::trackerPeakBytes);
    engine("refusals", EngineCounters::refusals);
    device("otherMessages", BalloonCounters::otherMessages);
    device("resets", BalloonCounters::resets);
    number("mistakes", ServedGuestCounts::mistakes);
  }

  private void timeline(GuestEventLog diary) {
    json.writeObjectPropertyStart("timeline");
    for (GuestMilestone milestone : GuestMilestone.values()) {
      write(milestone.property(), diary.first(milestone));
    }
    json.writeEndObject();
  }

  private void engine(String name, ToLongFunction<EngineCounters> of) {
    number(name, guest -> of.applyAsLong(guest.engine()));
  }

  private void device(String name, ToLongFunction<BalloonCounters> of) {
    number(name, guest -> of.applyAsLong(guest.device()));
  }

  private void number(String name, ToLongFunction<ServedGuestCounts> of) {
    write(
        name,
        figures.map(guest -> OptionalLong.of(of.applyAsLong(guest))).orElse(OptionalLong.empty()));
  }

  private static OptionalLong bytes(Optional<ByteSize> size) {
    return size.map(known -> OptionalLong.of(known.bytes())).orElse(OptionalLong.empty());
  }

  private void write(String name, OptionalLong value) {
    if (value.isPresent()) {
      json.writeNumberProperty(name, value.getAsLong());
    } else {
      json.writeNullProperty(name);
    }
  }
}
