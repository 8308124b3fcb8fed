package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import java.util.Arrays;
import java.util.Map;

/** What a close must do. */
final class CloseClauses {
  /** So many mappers that what each leaves behind adds up. */
  private static final int MAPPERS = 100;

  private static final long LEAK_BYTES = MAPPERS * MapperClause.MEMORY_BYTES / 4;

  private static final int ROUNDS = 9;
  private static final long LATE_NANOS = 4_000_000;

  private CloseClauses() {}

  static void twice(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.map(0, 4);
      subject.mapper().close();
    }
  }

  static void refusing(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      subject.mapper().close();
      requireIllegal("map", () -> subject.map(0, 1));
      requireIllegal("unmap", () -> subject.unmap(0, 1));
      requireIllegal("unmap all", () -> subject.mapper().unmapAll());
    }
  }

  static void leavesNothing(MapperSource source) throws HostRefusedException {
    useOnce(source);
    Map<String, Long> files = ProcessFigures.openFiles();
    long locked = ProcessFigures.lockedBytes();
    long entries = useOnce(source);
    for (int i = 0; i < MAPPERS; i++) {
      BrokenClauseError.unlessEqual(
          "entries left in mapper %d, one after the other".formatted(i + 2),
          entries,
          useOnce(source));
    }
    ProcessFigures.openFiles()
        .forEach(
            (kind, open) ->
                requireFew(
                    "open files, each " + kind, open - files.getOrDefault(kind, 0L), MAPPERS / 2));
    requireFew("locked bytes", ProcessFigures.lockedBytes() - locked, LEAK_BYTES);
  }

  private static long useOnce(MapperSource source) throws HostRefusedException {
    var subject = MapperSubject.of(source);
    try (subject) {
      subject.requireUnmapAllOf(0);
      subject.map(0, MapperSubject.PAGES / 2);
      subject.map(MapperSubject.PAGES / 2, MapperSubject.PAGES / 2);
    }
    subject.requireUnreadable(subject.iova(0, MapperSubject.PAGES));
    return subject.entriesAtFirst();
  }

  private static void requireFew(String what, long more, long most) {
    if (more >= most) {
      throw BrokenClauseError.of(
          what + " after %d mappers were closed".formatted(MAPPERS), "as before", more + " more");
    }
  }

  /**
   * A map that returns after the close did has not been waited for. One may be late because its
   * thread lost its processor, so that the median counts.
   */
  static void waiting(MapperSource source) throws HostRefusedException {
    var lateness = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      var subject = MapperSubject.of(source);
      var mapping = new MappingThread(subject);
      mapping.awaitMaps(2 + round);
      subject.close();
      long closed = System.nanoTime();
      lateness[round] = mapping.lastReturn() - closed;
      subject.requireUnreadable(subject.iova(0, MapperSubject.PAGES));
    }
    Arrays.sort(lateness);
    if (lateness[ROUNDS / 2] > LATE_NANOS) {
      throw BrokenClauseError.of(
          "a map that was under way",
          "it done before close returns",
          "it done %d us later".formatted(lateness[ROUNDS / 2] / 1000));
    }
  }

  private static void requireIllegal(String what, Call call) throws HostRefusedException {
    try {
      call.make();
    } catch (IllegalStateException wanted) {
      return;
    }
    throw BrokenClauseError.of(what + " of a closed mapper", "an IllegalStateException", "it done");
  }

  private interface Call {
    void make() throws HostRefusedException;
  }
}
