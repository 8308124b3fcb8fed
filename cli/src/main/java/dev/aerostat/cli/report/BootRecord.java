package dev.aerostat.cli.report;

import dev.aerostat.api.GuestRange;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import tools.jackson.core.JsonGenerator;

/**
 * What a page shows of one run, besides its figures. Immutable.
 *
 * @param regions where the guest's RAM is
 * @param driverNanos when the balloon driver came up for the first time, if that was seen
 * @param gate the gate's moves, the first {@link BootRecorder#MOST_GATE_MOVES} of them
 * @param samples by time; the last is the end of all change
 * @param rows of the picture; 0 if there is none, as only totals are known
 * @param waits of deflate messages; none if they are not known
 */
public record BootRecord(
    List<GuestRange> regions,
    OptionalLong driverNanos,
    List<GateMove> gate,
    List<SampledRun.Timed> samples,
    int rows,
    List<WaitHistogram.Bin> waits) {
  /**
   * The gate moved.
   *
   * @param nanos when
   * @param open whether the device may do DMA from then on
   */
  record GateMove(long nanos, boolean open) {}

  /** Writes it as a JSON object. */
  void write(JsonGenerator json) {
    json.writeStartObject();
    json.writeArrayPropertyStart("regions");
    regions.forEach(region -> write(json, region));
    json.writeEndArray();
    optional(json, "driverNanos", driverNanos);
    json.writeArrayPropertyStart("gate");
    gate.forEach(move -> write(json, move));
    json.writeEndArray();
    samples(json);
    json.writeArrayPropertyStart("waits");
    waits.forEach(bin -> write(json, bin));
    json.writeEndArray();
    json.writeEndObject();
  }

  private void samples(JsonGenerator json) {
    json.writeObjectPropertyStart("samples");
    numbers(json, "nanos", SampledRun.Timed::nanos);
    numbers(json, "mappedBytes", timed -> timed.sample().mappedBytes());
    numbers(json, "balloonedBytes", timed -> timed.sample().balloonedBytes());
    numbers(json, "leavingBytes", timed -> timed.sample().leavingBytes());
    json.writeEndObject();
    json.writeObjectPropertyStart("picture");
    json.writeNumberProperty("rows", rows);
    json.writeArrayPropertyStart("columns");
    if (rows > 0) {
      samples.forEach(timed -> json.writeString(timed.sample().column()));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void numbers(JsonGenerator json, String name, ToLongFunction<SampledRun.Timed> of) {
    json.writeArrayPropertyStart(name);
    samples.forEach(timed -> json.writeNumber(of.applyAsLong(timed)));
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, GuestRange region) {
    json.writeStartObject();
    json.writeNumberProperty("start", region.start());
    json.writeNumberProperty("bytes", region.length());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, GateMove move) {
    json.writeStartObject();
    json.writeNumberProperty("nanos", move.nanos());
    json.writeBooleanProperty("open", move.open());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, WaitHistogram.Bin bin) {
    json.writeStartObject();
    optional(json, "upToNanos", bin.upToNanos());
    json.writeNumberProperty("messages", bin.messages());
    json.writeEndObject();
  }

  private static void optional(JsonGenerator json, String name, OptionalLong value) {
    if (value.isPresent()) {
      json.writeNumberProperty(name, value.getAsLong());
    } else {
      json.writeNullProperty(name);
    }
  }
}
