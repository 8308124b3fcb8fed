package dev.aerostat.mapper.contract;

import static dev.aerostat.api.HostOperation.MAP;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.List;

/** That the limits are what the mapper says. */
final class LimitClauses {
  private static final long GUEST_PAGE = 4096;

  private LimitClauses() {}

  static void untranslatable(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      List<IovaRange> ranges = subject.mapper().limits().iovaRanges();
      long page = subject.bytes(1);
      for (IovaRange range : ranges) {
        var across = new IovaRange(range.end() - page, range.end() + page);
        HostRefusedException refusal =
            subject.requireRefused(
                MAP, RefusalCause.IovaHole.class, m -> m.map(across, subject.host(0)));
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
      subject.requireRefused(MAP, RefusalCause.Misaligned.class, m -> m.map(odd, subject.host(0)));
      subject.requireRefused(
          MAP, RefusalCause.Misaligned.class, m -> m.map(whole, subject.host(0).plus(GUEST_PAGE)));
      subject.requireNothingMapped(0, 4);
    }
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
              MAP, RefusalCause.EntryLimit.class, m -> m.map(next, subject.host(0)));
      BrokenClauseError.unlessEqual(
          "the error number of a full container",
          Errno.name(Errno.ENOSPC),
          Errno.name(refusal.errno()));
      BrokenClauseError.unlessEqual(
          "bytes of one mapping of many",
          subject.bytes(1),
          subject.mapper().unmap(subject.faraway(entries / 2)));
      subject.mapper().map(next, subject.host(0));
    }
  }

  private static String tooMany(long entries, long worth) {
    return entries == MapperLimits.UNLIMITED
        ? "this host has no limit of mappings"
        : "%d mappings are left, and more than %d are not tried".formatted(entries, worth);
  }
}
