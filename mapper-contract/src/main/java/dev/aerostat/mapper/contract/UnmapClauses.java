package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;

/** What an unmap must do. */
final class UnmapClauses {
  private UnmapClauses() {}

  static void cutting(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(4, 8);
      subject.requireSplit(4, 2);
      subject.requireSplit(10, 2);
      subject.requireSplit(6, 2);
      subject.requireSplit(0, 5);
      subject.requireSplit(11, 5);
      subject.requireMapped(4, 8);
    }
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
