package dev.aerostat.cli.serve;

import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.JsonText;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes what happens while guests are served, each as it happens, in a line: words, or JSON. Of
 * what guests can bring about again and again it leaves out some. Safe for use by any thread.
 */
final class ServeLog {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int DIGITS = 3;

  private final Console console;
  private final boolean json;
  private final RepeatLimit limit = new RepeatLimit(System::nanoTime);
  private final long startNanos = System.nanoTime();
  private final AtomicBoolean complained = new AtomicBoolean();

  ServeLog(Console console, boolean json) {
    this.console = console;
    this.json = json;
  }

  /** Writes what happened to the server. */
  void tell(ServeEvent event) {
    OptionalLong leftOut = limit.leftOut(event.name());
    if (leftOut.isPresent()) {
      print(
          json
              ? line(event, OptionalInt.empty(), sinceStart(), leftOut.getAsLong())
              : RepeatLimit.line(event.text(), leftOut.getAsLong()));
    }
  }

  /** Writes that a guest has come. */
  void tellOf(int guest, ServeEvent event) {
    OptionalLong leftOut = limit.leftOut(event.name());
    if (leftOut.isPresent()) {
      print(
          json
              ? line(event, OptionalInt.of(guest), 0, leftOut.getAsLong())
              : RepeatLimit.line(event.text(), leftOut.getAsLong()));
    }
  }

  /**
   * Writes what happened to a guest.
   *
   * @param nanos how long after it connected
   */
  void tellOf(int guest, long nanos, ServeEvent event) {
    OptionalLong leftOut = limit.leftOut(event.name());
    if (leftOut.isPresent()) {
      print(
          json
              ? line(event, OptionalInt.of(guest), nanos, leftOut.getAsLong())
              : String.format(
                  Locale.ROOT,
                  "%,10.2f s  %s",
                  nanos / NANOS_PER_SECOND,
                  RepeatLimit.line(event.text(), leftOut.getAsLong())));
    }
  }

  /** Writes what a guest came to: a program is told of each, however many there are. */
  void tellEnd(int guest, long nanos, ServeEvent event) {
    if (json) {
      print(line(event, OptionalInt.of(guest), nanos, 0));
    } else {
      tellOf(guest, nanos, event);
    }
  }

  /**
   * Writes what went wrong, on standard error too.
   *
   * @param guest with whom, if with one
   * @param nanos how long after it connected
   */
  void complain(OptionalInt guest, long nanos, ServeEvent event) {
    OptionalLong leftOut = limit.leftOut(event.name());
    if (leftOut.isPresent()) {
      console.complain(RepeatLimit.line(event.text(), leftOut.getAsLong()));
      if (json) {
        print(line(event, guest, guest.isPresent() ? nanos : sinceStart(), leftOut.getAsLong()));
      }
    }
  }

  private long sinceStart() {
    return System.nanoTime() - startNanos;
  }

  private static String line(ServeEvent event, OptionalInt guest, long nanos, long leftOut) {
    return JsonText.line(
            out -> {
              out.writeStartObject();
              out.writeStringProperty("event", event.name());
              if (guest.isPresent()) {
                out.writeNumberProperty("guest", guest.getAsInt());
              } else {
                out.writeNullProperty("guest");
              }
              out.writeNumberProperty(
                  "seconds", BigDecimal.valueOf(nanos / NANOS_PER_MILLI, DIGITS));
              out.writeNumberProperty("leftOut", leftOut);
              event.fields().accept(out);
              out.writeEndObject();
            })
        .stripTrailing();
  }

  /** Guests are served on where nothing can be written, as on a full disk. */
  private synchronized void print(String line) {
    console.event(line);
    if (console.writeFailure().isPresent() && complained.compareAndSet(false, true)) {
      console.complain(console.writeFailure().get() + "; guests are served on all the same");
    }
  }
}
