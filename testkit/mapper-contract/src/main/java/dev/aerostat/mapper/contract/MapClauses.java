package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;

/** What a map must do. */
final class MapClauses {
  private MapClauses() {}

  static void roundTrip(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(0, 4);
      subject.requireMapped(0, 4);
    }
  }

  static void again(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(0, 4);
      subject.unmap(0, 4);
      subject.map(0, 4);
      subject.requireMapped(0, 4);
    }
  }

  static void repeated(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(4, 4);
      subject.requireOverlap(4, 4);
      subject.requireMapped(4, 4);
    }
  }

  static void overlapping(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(4, 4);
      subject.requireOverlap(3, 2);
      subject.requireOverlap(7, 2);
      subject.requireOverlap(5, 2);
      subject.requireOverlap(2, 8);
      subject.requireMapped(4, 4);
      subject.requireNothingMapped(0, 16);
    }
  }

  static void touching(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(4, 4);
      subject.map(8, 4);
      subject.map(0, 4);
      subject.requireMapped(4, 4);
      subject.requireMapped(0, 4);
      subject.requireMapped(8, 4);
    }
  }

  static void twice(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.mapper().map(subject.iova(0, 4), subject.host(0));
      subject.mapper().map(subject.iova(8, 4), subject.host(0));
      subject.requireUnmapOf(8, 0, 16);
    }
  }

  static void failing(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      HostRefusedException refusal =
          subject.requireRefused(
              HostOperation.MAP,
              RefusalCause.BadHostAddress.class,
              subject.iova(0, 4),
              m -> m.map(subject.iova(0, 4), MapperSubject.NOWHERE));
      BrokenClauseError.unlessEqual(
          "the state after the refusal", HostRefusedException.State.UNCHANGED, refusal.state());
      subject.requireEntriesTaken(0);
      subject.requireNothingMapped(0, 4);
      subject.map(0, 4);
      subject.requireMapped(0, 4);
    }
  }

  /** What lies behind the memory of the clauses is unknown, but never 4 GiB and more of memory. */
  static void tooLong(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      for (long gib : new long[] {4, 64}) {
        IovaRange start = subject.distant(gib << 30, 4);
        var iova = new IovaRange(start.start() - (gib << 30), start.end());
        HostRefusedException _ =
            subject.requireRefused(
                HostOperation.MAP,
                RefusalCause.class,
                iova,
                m -> m.map(iova, subject.beforeEnd(4)));
        subject.requireEntriesTaken(0);
      }
      subject.map(MapperSubject.PAGES - 4, 4);
    }
  }

  static void readable(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      if (!subject.canRead()) {
        throw new NotApplicableException("no device reads through this mapper");
      }
      subject.map(0, 4, 9);
      subject.map(4, 4, 3);
      subject.map(20, 1, 9);
      subject.requireReads(subject.iova(0, 4), 9);
      subject.unmap(0, 4);
      subject.map(0, 4, 17);
      subject.requireReads(subject.iova(0, 4), 17);
      subject.requireReads(subject.iova(4, 4), 3);
      subject.requireReads(subject.iova(20, 1), 9);
      subject.requireUnreadable(subject.iova(8, 12));
      long _ = subject.mapper().unmapAll();
      subject.requireUnreadable(subject.iova(0, MapperSubject.PAGES));
    }
  }

  static void populated(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.write(0, 42);
      populate(subject);
      subject.map(0, 4);
      populate(subject);
      subject.requireMapped(0, 4);
    }
  }

  private static void populate(MapperSubject subject) throws HostRefusedException {
    subject.mapper().hostMemory().populate(subject.host(0), subject.bytes(4));
    BrokenClauseError.unlessEqual("what stands in populated memory", 42L, subject.read(0));
  }
}
