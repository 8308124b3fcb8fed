package dev.aerostat.cli.serve;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.cli.text.TimeSpan;
import java.nio.file.Path;
import java.time.Duration;

/** What happens to a guest whose devices are passed through, beside what {@link ServeEvent} has. */
final class PassthroughEvent {
  private PassthroughEvent() {}

  private static ServeEvent plain(String name, String text) {
    return new ServeEvent(name, text, json -> {});
  }

  static ServeEvent gone(int guest, EngineCounters counters) {
    return new ServeEvent(
        "gone",
        "guest %d is gone; %s mapped by %s, all of it is unmapped"
            .formatted(
                guest,
                new ByteSize(counters.mappedBytes()),
                NumberFormats.count(counters.maps(), "call")),
        json -> {
          json.writeNumberProperty("maps", counters.maps());
          json.writeNumberProperty("mappedBytes", counters.mappedBytes());
          json.writeNumberProperty("refusals", counters.refusals());
        });
  }

  static ServeEvent serving(String device, Path path) {
    return new ServeEvent(
        "serving",
        "%s at %s".formatted(device, path),
        json -> {
          json.writeStringProperty("device", device);
          json.writeStringProperty("socket", path.toString());
        });
  }

  static ServeEvent plugNow(Path path) {
    return new ServeEvent(
        "plugNow",
        "plug the device of %s now: it may do DMA".formatted(path),
        json -> json.writeStringProperty("socket", path.toString()));
  }

  static ServeEvent plugged(Path path) {
    return new ServeEvent(
        "plugged",
        "the device of %s is plugged".formatted(path),
        json -> json.writeStringProperty("socket", path.toString()));
  }

  static ServeEvent notPlugged(String reason) {
    return new ServeEvent("notPlugged", reason, json -> json.writeStringProperty("reason", reason));
  }

  static ServeEvent deviceWanted(String device) {
    return new ServeEvent(
        "deviceWanted",
        "the host wants device %s back: it is given back".formatted(device),
        json -> json.writeStringProperty("device", device));
  }

  static ServeEvent earlyDmaOfFirmware() {
    return plain(
        "earlyDmaOfFirmware",
        "firmware allows the device DMA before a driver is up: it gets it when the gate opens");
  }

  static ServeEvent earlyDmaHeld(Duration budget) {
    return new ServeEvent(
        "earlyDmaHeld",
        "the guest asks for DMA: it waits for the gate, %s at most"
            .formatted(new TimeSpan(budget.toNanos())),
        json -> json.writeNumberProperty("budgetNanos", budget.toNanos()));
  }

  static ServeEvent earlyDmaLost() {
    return plain(
        "earlyDmaLost",
        "the guest asks for DMA and is not kept waiting: until the gate opens its DMA is lost");
  }
}
