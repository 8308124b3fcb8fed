package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;

/** What an unmap must do. */
final class UnmapClauses {
  private UnmapClauses() {}

  static void cutting(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(4, 8);
      requireUntouched(subject.requireSplit(4, 2));
      requireUntouched(subject.requireSplit(10, 2));
      requireUntouched(subject.requireSplit(6, 2));
      subject.requireSplit(0, 5);
      subject.requireSplit(11, 5);
      subject.requireMapped(4, 8);
    }
  }

  /** Of a range that lies in a single mapping, no other mapping can be gone. */
  private static void requireUntouched(HostRefusedException refusal) {
    BrokenClauseError.unlessEqual(
        "the state after an unmap inside a mapping",
        HostRefusedException.State.UNCHANGED,
        refusal.state());
  }

  static void truthful(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(0, 4);
      subject.map(4, 8);
      if (subject.requireSplit(0, 6).state() == HostRefusedException.State.UNCHANGED) {
        subject.requireMapped(0, 4);
      }
      subject.requireMapped(4, 8);
    }
  }

  static void many(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(2, 1);
      subject.map(3, 4);
      subject.map(10, 2);
      subject.map(14, 1);
      subject.requireUnmapOf(7, 0, 14);
      subject.requireMapped(14, 1);
      subject.requireNothingMapped(0, 16);
    }
  }

  static void wide(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      long gib = 1L << 30;
      for (long unmapped : new long[] {2 * gib, 4 * gib, 4 * gib + subject.bytes(1), 8 * gib}) {
        IovaRange first = subject.distant(0, 1);
        IovaRange after = subject.distant(unmapped, 1);
        IovaRange last = subject.distant(unmapped - subject.bytes(1), 1);
        subject.map(first, 0);
        subject.map(subject.distant(gib, 2), 1);
        subject.map(last, 3);
        subject.map(after, 4);
        subject.requireUnmapOf(subject.bytes(4), new IovaRange(first.start(), last.end()));
        subject.requireUnreadable(last);
        subject.requireReads(after, 4);
        subject.requireUnmapOf(subject.bytes(1), after);
      }
      subject.requireEntriesTaken(0);
    }
  }

  static void empty(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(8, 2);
      subject.requireNothingMapped(0, 8);
      subject.requireMapped(8, 2);
      subject.requireNothingMapped(8, 2);
    }
  }

  static void all(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.requireUnmapAllOf(0);
      subject.map(0, 2);
      subject.map(5, 3);
      subject.requireUnmapAllOf(5);
      subject.requireNothingMapped(0, 16);
      subject.requireUnmapAllOf(0);
    }
  }
}
