package dev.aerostat.engine.core;

import dev.aerostat.api.HostRefusedException;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The timers that run, the refusal that must be reported and rested from, and whether the host as a
 * whole rests: from the fourth refusal in a row on, first for 10 ms, then twice as long each time.
 */
final class RefusalBooks {
  private static final long LONGEST_REST_NANOS = 2_000_000_000;
  private static final int IN_A_ROW = 4;

  final TreeMap<Integer, Long> timers = new TreeMap<>();
  private Optional<GranuleBook> unreported = Optional.empty();
  private Optional<GranuleBook> untimed = Optional.empty();
  private Optional<HostRefusedException> cause = Optional.empty();

  private int inARow;
  private int hostRests;
  private boolean hostResting;
  private Optional<Long> untimedHostRest = Optional.empty();

  /** Returns whether a granule may begin, given how many have. */
  boolean hostMayBeTried(long begun) {
    return inARow < IN_A_ROW || (!hostResting && begun == 0);
  }

  void mapped() {
    inARow = 0;
    hostRests = 0;
  }

  void hostRested() {
    hostResting = false;
  }

  private void countForTheHost() {
    inARow++;
    if (inARow >= IN_A_ROW && !hostResting) {
      hostResting = true;
      hostRests++;
      untimedHostRest = Optional.of(10_000_000L << Math.min(hostRests - 1, 7));
    }
  }

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
    countForTheHost();
  }

  void timer(int id, long nanos) {
    if (id == TargetPolicy.TIMER || id == PluggableMemory.TIMER) {
      Rule.PACE.require(nanos >= 5_000_000, "paced by", nanos);
    } else if (id == HostRest.TIMER) {
      Rule.REFUSALS.require(
          untimedHostRest.equals(Optional.of(nanos)) && !timers.containsKey(id),
          "another rest of the host than",
          untimedHostRest,
          nanos);
      untimedHostRest = Optional.empty();
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
    Rule.REFUSALS.require(untimedHostRest.isEmpty(), "a host that refuses all has no rest");
  }
}
