package dev.aerostat.engine.core;

import dev.aerostat.api.HostRefusedException;
import java.util.Optional;
import java.util.TreeMap;

/** The timers that run, and the refusal that must be reported and rested from. */
final class RefusalBooks {
  private static final long LONGEST_REST_NANOS = 2_000_000_000;

  final TreeMap<Integer, Long> timers = new TreeMap<>();
  private Optional<GranuleBook> unreported = Optional.empty();
  private Optional<GranuleBook> untimed = Optional.empty();
  private Optional<HostRefusedException> cause = Optional.empty();

  void expect(GranuleBook book, HostRefusedException refusal) {
    unreported = Optional.of(book);
    cause = Optional.of(refusal);
  }

  void reported(HostRefusedException refusal, int attempt, long restNanos) {
    Rule.REFUSALS.require(unreported.isPresent(), "reported out of nothing", refusal);
    GranuleBook book = unreported.get();
    Rule.REFUSALS.require(cause.equals(Optional.of(refusal)), "reported another", refusal);
    Rule.REFUSALS.require(attempt == book.refusals + 1, "attempt", attempt, book.refusals + 1);
    Rule.REFUSALS.require(
        attempt == 1
            ? restNanos > 0
            : restNanos == 2 * book.restNanos
                || (restNanos == book.restNanos && 2 * restNanos > LONGEST_REST_NANOS),
        "a rest that does not double, before and now",
        book.restNanos,
        restNanos);
    Rule.REFUSALS.require(restNanos <= LONGEST_REST_NANOS, "too long a rest", restNanos);
    book.refusals = attempt;
    book.restNanos = restNanos;
    unreported = Optional.empty();
    untimed = Optional.of(book);
  }

  void timer(int id, long nanos) {
    if (id == TargetPolicy.TIMER) {
      Rule.PACE.require(nanos >= 5_000_000, "paced by", nanos);
    } else {
      Rule.REFUSALS.require(
          untimed.isPresent()
              && untimed.get().granule == id
              && untimed.get().restNanos == nanos
              && !timers.containsKey(id),
          "a timer for no refusal",
          id,
          nanos);
      untimed = Optional.empty();
    }
    timers.put(id, nanos);
  }

  void requireDone() {
    Rule.REFUSALS.require(unreported.isEmpty(), "unreported", cause);
    Rule.REFUSALS.require(untimed.isEmpty(), "reported, but without a timer", cause);
  }
}
