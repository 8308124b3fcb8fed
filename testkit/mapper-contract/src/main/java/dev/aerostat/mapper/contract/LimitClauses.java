package dev.aerostat.mapper.contract;

import static dev.aerostat.api.HostOperation.MAP;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.ArrayList;
import java.util.List;

/** That the limits are what the mapper declares. */
final class LimitClauses {
  private static final long GUEST_PAGE = 4096;
  private static final long FOUR_GIB = 1L << 32;

  private LimitClauses() {}

  static void untranslatable(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      List<IovaRange> ranges = subject.mapper().limits().iovaRanges();
      long page = subject.bytes(1);
      for (IovaRange range : ranges) {
        var across = new IovaRange(range.end() - page, range.end() + page);
        HostRefusedException refusal =
            subject.requireRefused(
                MAP, RefusalCause.IovaHole.class, across, m -> m.map(across, subject.host(0)));
        var cause = (RefusalCause.IovaHole) refusal.reason();
        BrokenClauseError.unlessEqual("start of the hole", range.end(), cause.hole().start());
        subject.mapper().map(IovaRange.ofLength(range.end() - page, page), subject.host(0));
      }
      subject.requireUnmapAllOf(ranges.size());
    }
  }

  static void misaligned(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      if (subject.bytes(1) <= GUEST_PAGE) {
        throw new NotApplicableException("the smallest page has 4 KiB, as the guest's have");
      }
      IovaRange whole = subject.iova(0, 2);
      var odd = new IovaRange(whole.start() + GUEST_PAGE, whole.end());
      requireMisaligned(subject, odd, subject.host(0));
      requireMisaligned(subject, whole, subject.host(0).plus(GUEST_PAGE));
      subject.requireNothingMapped(0, 4);
    }
  }

  private static void requireMisaligned(MapperSubject subject, IovaRange iova, HostAddress host) {
    HostRefusedException refusal =
        subject.requireRefused(MAP, RefusalCause.Misaligned.class, iova, m -> m.map(iova, host));
    BrokenClauseError.unlessEqual(
        "alignment of the refusal",
        subject.bytes(1),
        ((RefusalCause.Misaligned) refusal.reason()).alignment());
  }

  static void counted(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.requireEntriesTaken(0);
      subject.map(0, 1);
      subject.map(1, 8);
      subject.requireEntriesTaken(2);
      subject.requireOverlap(1, 8);
      subject.requireEntriesTaken(2);
      subject.unmap(0, 16);
      subject.requireEntriesTaken(0);
    }
  }

  static void filled(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      long entries = subject.mapper().limits().entriesLeft();
      if (entries > source.entriesWorthFilling()) {
        throw new NotApplicableException(tooMany(entries, source.entriesWorthFilling()));
      }
      for (long i = 0; i < entries; i++) {
        subject.mapper().map(subject.faraway(i), subject.host(0));
      }
      subject.requireEntriesLeft(0);
      IovaRange next = subject.faraway(entries);
      HostRefusedException refusal =
          subject.requireRefused(
              MAP, RefusalCause.EntryLimit.class, next, m -> m.map(next, subject.host(0)));
      BrokenClauseError.unlessEqual(
          "the error number of a full container",
          Errno.name(Errno.ENOSPC),
          Errno.name(refusal.errno()));
      BrokenClauseError.unlessEqual(
          "bytes of one mapping of many",
          subject.bytes(1),
          subject.mapper().unmap(subject.faraway(entries / 2)));
      subject.mapper().map(next, subject.host(0));
      BrokenClauseError.unlessEqual(
          "bytes taken away by unmapping all",
          entries * subject.bytes(1),
          subject.mapper().unmapAll());
    }
  }

  /** Only where there is room for more mappings than {@link #filled} tries. */
  static void many(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      long worth = source.entriesWorthFilling();
      long entries = Math.min(subject.mapper().limits().entriesLeft(), 2 * worth);
      if (entries <= worth) {
        throw new NotApplicableException("the limit of mappings is met by another clause");
      }
      for (long i = 0; i < entries; i++) {
        subject.mapper().map(subject.faraway(i), subject.host((int) (i % MapperSubject.PAGES)));
      }
      long step = Math.max(1, entries / 97);
      long sampled = 0;
      for (long i = 0; i < entries; i += step, sampled++) {
        subject.requireReads(subject.faraway(i), (int) (i % MapperSubject.PAGES));
        subject.requireUnmapOf(subject.bytes(1), subject.faraway(i));
      }
      BrokenClauseError.unlessEqual(
          "bytes taken away by unmapping all",
          (entries - sampled) * subject.bytes(1),
          subject.mapper().unmapAll());
    }
  }

  static void high(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      List<IovaRange> alike = new ArrayList<>();
      alike.add(subject.distant(0, 1));
      alike.add(subject.distant(FOUR_GIB, 1));
      for (int shift = 33; shift < 52 && fits(subject, 1L << shift); shift++) {
        alike.add(subject.distant(1L << shift, 1));
      }
      for (int i = 0; i < alike.size(); i++) {
        subject.map(alike.get(i), i);
      }
      for (int i = 0; i < alike.size(); i++) {
        subject.requireReads(alike.get(i), i);
        subject.requireUnmapOf(subject.bytes(1), alike.get(i));
        subject.requireUnreadable(alike.get(i));
      }
      subject.requireEntriesTaken(0);
    }
  }

  private static boolean fits(MapperSubject subject, long offset) {
    try {
      return subject.distant(offset, 1).length() > 0;
    } catch (NotApplicableException tooFar) {
      return false;
    }
  }

  static void summed(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      long mappings = Math.min(1025, subject.mapper().limits().entriesLeft());
      if (mappings * MapperClause.MEMORY_BYTES < FOUR_GIB / 2) {
        throw new NotApplicableException("too few mappings are left for 2 GiB of them");
      }
      long length = MapperClause.MEMORY_BYTES;
      IovaRange all = subject.distant(0, 1);
      IovaRange _ = subject.distant(mappings * length, 1);
      for (long i = 0; i < mappings; i++) {
        var iova = IovaRange.ofLength(all.start() + i * length, length);
        subject.mapper().map(iova, subject.host(0));
      }
      BrokenClauseError.unlessEqual(
          "bytes taken away by unmapping all", mappings * length, subject.mapper().unmapAll());
    } catch (HostRefusedException refusal) {
      if (refusal.reason() instanceof RefusalCause.MemoryLockLimit) {
        throw new NotApplicableException(String.valueOf(refusal.getMessage()));
      }
      throw refusal;
    }
  }

  private static String tooMany(long entries, long worth) {
    return entries == MapperLimits.UNLIMITED
        ? "this host has no limit of mappings"
        : "%d mappings are left, and more than %d are not tried".formatted(entries, worth);
  }
}
