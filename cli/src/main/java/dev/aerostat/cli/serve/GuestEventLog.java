package dev.aerostat.cli.serve;

import dev.aerostat.cli.text.ByteSize;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What happened to a guest that is served, and when after it connected; each event is told as it
 * happens. Safe for use by any thread.
 */
final class GuestEventLog {
  private static final double NANOS_PER_SECOND = 1e9;

  private final int number;
  private final Consumer<String> teller;
  private final RepeatLimit limit;
  private final long startNanos = System.nanoTime();
  private final Map<GuestMilestone, Long> firsts = new EnumMap<>(GuestMilestone.class);
  private Optional<ByteSize> balloonPage = Optional.empty();

  GuestEventLog(int number, Consumer<String> teller, RepeatLimit limit) {
    this.number = number;
    this.teller = teller;
    this.limit = limit;
  }

  /** Returns the guest's number: 1 is the first that was served. */
  int number() {
    return number;
  }

  long nanos() {
    return System.nanoTime() - startNanos;
  }

  /** Tells what happened, in words that are always the same. */
  void happened(String what) {
    happened(what, what);
  }

  /** Tells what happened, unless there was too much of its kind. */
  synchronized void happened(String kind, String what) {
    limit
        .line(kind, what)
        .ifPresent(
            line ->
                teller.accept(
                    String.format(Locale.ROOT, "%,10.2f s  %s", nanos() / NANOS_PER_SECOND, line)));
  }

  /** Notes when this happened for the first time. */
  synchronized void happened(GuestMilestone milestone, String what) {
    long _ = firsts.computeIfAbsent(milestone, _ -> nanos());
    happened(milestone.name(), what);
  }

  /** Notes that a driver is up, and what it balloons at a time. */
  synchronized void driverUp(ByteSize page) {
    balloonPage = Optional.of(page);
    happened(GuestMilestone.DRIVER_UP, "the balloon driver is up: it balloons pages of " + page);
  }

  /** Returns what the guest's last driver balloons at a time; empty if there was none. */
  synchronized Optional<ByteSize> balloonPage() {
    return balloonPage;
  }

  /** Returns nanoseconds from the guest's connection on; empty if it never happened. */
  synchronized OptionalLong first(GuestMilestone milestone) {
    Long nanos = firsts.get(milestone);
    return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
  }
}
