package dev.aerostat.cli.serve;

import dev.aerostat.cli.text.ByteSize;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What happened to a guest that is served, and when after it connected; each event is told as it
 * happens. Safe for use by any thread.
 */
final class GuestEventLog {
  private final int number;
  private final ServeLog log;
  private final long startNanos = System.nanoTime();
  private final Map<GuestMilestone, Long> firsts = new EnumMap<>(GuestMilestone.class);
  private Optional<ByteSize> balloonPage = Optional.empty();

  GuestEventLog(int number, ServeLog log) {
    this.number = number;
    this.log = log;
  }

  /** Returns the guest's number: 1 is the first that was served. */
  int number() {
    return number;
  }

  /** Returns nanoseconds since the guest connected. */
  long nanos() {
    return System.nanoTime() - startNanos;
  }

  /** Writes what happened, unless there was too much of its kind. */
  synchronized void happened(ServeEvent event) {
    log.tellOf(number, nanos(), event);
  }

  /** Notes when this happened for the first time. */
  synchronized void happened(GuestMilestone milestone, ServeEvent event) {
    note(milestone);
    happened(event);
  }

  /** Writes what went wrong, on standard error too. */
  synchronized void complain(ServeEvent event) {
    log.complain(OptionalInt.of(number), nanos(), event);
  }

  /** Notes that the guest is gone, which {@link #end} reports. */
  synchronized void gone() {
    note(GuestMilestone.GONE);
  }

  /** Writes what the guest came to. */
  synchronized void end(ServeEvent event) {
    log.tellEnd(number, first(GuestMilestone.GONE).orElseGet(this::nanos), event);
  }

  private void note(GuestMilestone milestone) {
    long _ = firsts.computeIfAbsent(milestone, _ -> nanos());
  }

  /** Notes that a driver is up, and what it balloons at a time. */
  synchronized void driverUp(ByteSize page) {
    balloonPage = Optional.of(page);
    happened(GuestMilestone.DRIVER_UP, ServeEvent.driverUp(page));
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
