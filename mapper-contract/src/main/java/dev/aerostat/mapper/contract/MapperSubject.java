package dev.aerostat.mapper.contract;

import static dev.aerostat.api.HostOperation.MAP;
import static dev.aerostat.api.HostOperation.UNMAP;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.List;

/**
 * A mapper under test. It counts in pages of the mapper's smallest size, from the memory's start.
 */
final class MapperSubject implements AutoCloseable {
  /** Pages that any mapper's memory has: those of 64 KiB. */
  static final int PAGES = (int) (MapperClause.MEMORY_BYTES >> 16);

  /** No process has memory here (vm.mmap_min_addr). */
  static final HostAddress NOWHERE = new HostAddress(0);

  private static final long START = 16 << 20;
  private static final MemorySegment BYTES =
      Arena.ofAuto().allocate(MapperClause.MEMORY_BYTES, MapperClause.MEMORY_BYTES);
  private static final GuestMemory MEMORY =
      GuestMemory.of(
          List.of(new MemoryRegion(GuestRange.ofLength(START, MapperClause.MEMORY_BYTES), BYTES)));

  private final DmaMapper mapper;
  private final boolean refusesEmptyUnmap;
  private final long page;
  private final long entriesAtFirst;

  private MapperSubject(DmaMapper mapper, boolean refusesEmptyUnmap) {
    this.mapper = mapper;
    this.refusesEmptyUnmap = refusesEmptyUnmap;
    this.page = mapper.limits().smallestPage();
    this.entriesAtFirst = mapper.limits().entriesLeft();
  }

  static MapperSubject of(MapperSource source) throws HostRefusedException {
    return new MapperSubject(source.open(MEMORY), source.refusesEmptyUnmap());
  }

  DmaMapper mapper() {
    return mapper;
  }

  long bytes(int pages) {
    return pages * page;
  }

  IovaRange iova(int firstPage, int pages) {
    return IovaRange.ofLength(START + bytes(firstPage), bytes(pages));
  }

  HostAddress host(int firstPage) {
    return new HostAddress(BYTES.address() + bytes(firstPage));
  }

  void write(int inPage, long value) {
    BYTES.set(ValueLayout.JAVA_LONG, bytes(inPage), value);
  }

  long read(int inPage) {
    return BYTES.get(ValueLayout.JAVA_LONG, bytes(inPage));
  }

  /** One page of the largest IOVA range: there are more of them than pages of memory. */
  IovaRange faraway(long index) {
    IovaRange largest =
        mapper.limits().iovaRanges().stream()
            .max(Comparator.comparingLong(IovaRange::length))
            .orElseThrow();
    return IovaRange.ofLength(largest.start() + index * page, page);
  }

  void map(int firstPage, int pages) throws HostRefusedException {
    mapper.map(iova(firstPage, pages), host(firstPage));
  }

  long unmap(int firstPage, int pages) throws HostRefusedException {
    return mapper.unmap(iova(firstPage, pages));
  }

  void requireUnmapOf(int expectedPages, int firstPage, int pages) throws HostRefusedException {
    BrokenClauseError.unlessEqual(
        "bytes taken away by an unmap of " + iova(firstPage, pages),
        bytes(expectedPages),
        unmap(firstPage, pages));
  }

  void requireUnmapAllOf(int expectedPages) throws HostRefusedException {
    BrokenClauseError.unlessEqual(
        "bytes taken away by unmapping all", bytes(expectedPages), mapper.unmapAll());
  }

  /** Unmaps exactly one mapping, which no other check could show to be there. */
  void requireMapped(int firstPage, int pages) throws HostRefusedException {
    requireUnmapOf(pages, firstPage, pages);
  }

  void requireNothingMapped(int firstPage, int pages) throws HostRefusedException {
    if (refusesEmptyUnmap) {
      HostRefusedException _ =
          requireRefused(UNMAP, RefusalCause.NotMapped.class, m -> m.unmap(iova(firstPage, pages)));
    } else {
      requireUnmapOf(0, firstPage, pages);
    }
  }

  void requireOverlap(int firstPage, int pages) {
    HostRefusedException refusal =
        requireRefused(
            MAP, RefusalCause.Overlap.class, m -> m.map(iova(firstPage, pages), host(firstPage)));
    BrokenClauseError.unlessEqual(
        "the error number of an overlap", Errno.name(Errno.EEXIST), Errno.name(refusal.errno()));
  }

  HostRefusedException requireSplit(int firstPage, int pages) {
    return requireRefused(
        UNMAP, RefusalCause.WouldSplit.class, m -> m.unmap(iova(firstPage, pages)));
  }

  HostRefusedException requireRefused(
      HostOperation operation, Class<? extends RefusalCause> cause, MapperAction action) {
    String expected = "a refusal of %s for %s".formatted(operation, cause.getSimpleName());
    try {
      action.on(mapper);
    } catch (HostRefusedException refusal) {
      if (refusal.operation() != operation || !cause.isInstance(refusal.reason())) {
        throw BrokenClauseError.of("a call that must fail", expected, refusal.getMessage());
      }
      return refusal;
    }
    throw BrokenClauseError.of("a call that must fail", expected, "it done");
  }

  void requireEntriesTaken(long taken) {
    long expected =
        entriesAtFirst == MapperLimits.UNLIMITED ? entriesAtFirst : entriesAtFirst - taken;
    requireEntriesLeft(expected);
  }

  void requireEntriesLeft(long expected) {
    BrokenClauseError.unlessEqual("entries left", expected, mapper.limits().entriesLeft());
  }

  @Override
  public void close() {
    mapper.close();
  }

  /** Something done to a mapper. */
  interface MapperAction {
    void on(DmaMapper mapper) throws HostRefusedException;
  }
}
