package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;

/** What a close must do. */
final class CloseClauses {
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
