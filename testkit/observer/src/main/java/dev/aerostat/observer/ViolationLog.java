package dev.aerostat.observer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Counts all violations and keeps the first few. */
class ViolationLog {
  private static final int KEPT = 8;

  private final LongSupplier clock;
  private final List<Violation> first = new ArrayList<>();
  private long count;

  ViolationLog(LongSupplier clock) {
    this.clock = clock;
  }

  void report(Check check, String detail) {
    count++;
    if (first.size() < KEPT) {
      first.add(new Violation(check, detail, clock.getAsLong()));
    }
  }

  long count() {
    return count;
  }

  List<Violation> first() {
    return List.copyOf(first);
  }
}
