package dev.aerostat.cli.serve;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.cli.text.TimeSpan;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * Something that happens while guests are served, in words for people and in fields for programs.
 * Immutable.
 *
 * @param name what JSON calls it; docs/json.md lists all of them
 * @param text what people read
 * @param fields writes what JSON has of it alone
 */
record ServeEvent(String name, String text, Consumer<JsonGenerator> fields) {
  private static ServeEvent plain(String name, String text) {
    return new ServeEvent(name, text, json -> {});
  }

  static ServeEvent listening(Path socket, Optional<Path> control) {
    return new ServeEvent(
        "listening",
        "listening on " + socket,
        json -> {
          json.writeStringProperty("socket", socket.toString());
          control.ifPresentOrElse(
              path -> json.writeStringProperty("control", path.toString()),
              () -> json.writeNullProperty("control"));
        });
  }

  static ServeEvent metrics(String url) {
    return new ServeEvent(
        "metrics", "metrics at " + url, json -> json.writeStringProperty("url", url));
  }

  static ServeEvent ended(Path socket) {
    return new ServeEvent(
        "ended",
        "no longer listening on " + socket,
        json -> json.writeStringProperty("socket", socket.toString()));
  }

  static ServeEvent waiting() {
    return plain("waiting", "waiting for the next guest");
  }

  static ServeEvent connected(int guest) {
    return plain("connected", "guest %d connected".formatted(guest));
  }

  static ServeEvent memoryShared(long memoryBytes, int regions, long residentBytes) {
    return new ServeEvent(
        "memory",
        "%s of memory in %s, %s of it never ballooned: mapping begins"
            .formatted(
                new ByteSize(memoryBytes),
                NumberFormats.count(regions, "region"),
                new ByteSize(residentBytes)),
        json -> {
          json.writeNumberProperty("memoryBytes", memoryBytes);
          json.writeNumberProperty("regions", regions);
          json.writeNumberProperty("residentBytes", residentBytes);
        });
  }

  static ServeEvent noBalloon(int guest, String reason) {
    return new ServeEvent(
        "noBalloon",
        "guest %d gets no balloon: %s".formatted(guest, reason),
        json -> json.writeStringProperty("reason", reason));
  }

  static ServeEvent driverUp(ByteSize page) {
    return new ServeEvent(
        "driverUp",
        "the balloon driver is up: it balloons pages of " + page,
        json -> json.writeNumberProperty("balloonPageBytes", page.bytes()));
  }

  static ServeEvent driverPaused() {
    return plain("driverPaused", "the balloon driver pauses, or is gone");
  }

  static ServeEvent driverGoesOn() {
    return plain("driverGoesOn", "the balloon driver goes on");
  }

  static ServeEvent driverReset() {
    return plain("driverReset", "the balloon driver is gone, the device reset");
  }

  static ServeEvent gateOpened(Progress now) {
    return new ServeEvent(
        "gateOpened",
        "the gate opens: ready for DMA, with %s mapped and %s in the balloon"
            .formatted(new ByteSize(now.mappedBytes()), new ByteSize(now.balloonedBytes())),
        json -> {
          json.writeNumberProperty("mappedBytes", now.mappedBytes());
          json.writeNumberProperty("balloonedBytes", now.balloonedBytes());
        });
  }

  static ServeEvent gateClosed() {
    return plain("gateClosed", "the gate closes: no DMA");
  }

  static ServeEvent fullyMapped() {
    return plain("fullyMapped", "all memory is mapped");
  }

  static ServeEvent balloonEmpty() {
    return plain("balloonEmpty", "the balloon is empty: the guest has all its memory");
  }

  static ServeEvent targetReached(long bytes) {
    return new ServeEvent(
        "targetReached",
        "the balloon is as large as was asked: " + new ByteSize(bytes),
        json -> json.writeNumberProperty("targetBytes", bytes));
  }

  static ServeEvent targetLimited(long wantedBytes, long askedBytes) {
    return new ServeEvent(
        "targetLimited",
        "a balloon of %s is more than the guest can spare: asked for %s"
            .formatted(new ByteSize(wantedBytes), new ByteSize(askedBytes)),
        json -> {
          json.writeNumberProperty("wantedBytes", wantedBytes);
          json.writeNumberProperty("targetBytes", askedBytes);
        });
  }

  static ServeEvent refused(HostRefusedException refusal, long retryNanos) {
    return new ServeEvent(
        "refused",
        "%s; tried again in %s".formatted(refusal.getMessage(), new TimeSpan(retryNanos)),
        json -> {
          json.writeStringProperty("reason", String.valueOf(refusal.getMessage()));
          json.writeNumberProperty("retryNanos", retryNanos);
        });
  }

  static ServeEvent sessionFailed(String reason) {
    return new ServeEvent(
        "sessionFailed", reason, json -> json.writeStringProperty("reason", reason));
  }

  static ServeEvent noReport(String reason) {
    return new ServeEvent("noReport", reason, json -> json.writeStringProperty("reason", reason));
  }

  static ServeEvent gone(int guest, String counts, Consumer<JsonGenerator> figures) {
    return new ServeEvent("gone", "guest %d is gone; %s".formatted(guest, counts), figures);
  }
}
