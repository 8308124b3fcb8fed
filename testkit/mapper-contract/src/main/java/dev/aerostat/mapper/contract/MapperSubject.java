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
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A mapper under test. It counts in pages of the mapper's smallest size, from the memory's start.
 */
final class MapperSubject implements AutoCloseable {
  /** Pages that any mapper's memory has: those of 64 KiB. */
  static final int PAGES = (int) (MapperClause.MEMORY_BYTES >> 16);

  /** No process has memory here (vm.mmap_min_addr). */
  static final HostAddress NOWHERE = new HostAddress(0);

  static final long START = 16 << 20;
  private static final MemorySegment BYTES =
      Arena.ofAuto().allocate(MapperClause.MEMORY_BYTES, MapperClause.MEMORY_BYTES);
  private static final GuestMemory MEMORY =
      GuestMemory.of(
          List.of(new MemoryRegion(GuestRange.ofLength(START, MapperClause.MEMORY_BYTES), BYTES)));

  /** Gives each page a content of its own, whatever the mapper before did to it. */
  private static void stampPages() {
    for (long offset = 0; offset < MapperClause.MEMORY_BYTES; offset += Pages.SIZE) {
      BYTES.set(ValueLayout.JAVA_LONG, offset, 0x5eed_0000_0000L + offset);
    }
  }

  private final DmaMapper mapper;
  private final Optional<DmaReader> reader;
  private final boolean refusesEmptyUnmap;
  private final long page;
  private final long entriesAtFirst;
  private final IovaRange largest;

  private MapperSubject(DmaMapper mapper, Optional<DmaReader> reader, boolean refusesEmptyUnmap) {
    this.mapper = mapper;
    this.reader = reader;
    this.refusesEmptyUnmap = refusesEmptyUnmap;
    this.page = mapper.limits().smallestPage();
    this.entriesAtFirst = mapper.limits().entriesLeft();
    this.largest =
        mapper.limits().iovaRanges().stream()
            .max(Comparator.comparingLong(IovaRange::length))
            .orElseThrow();
  }

  static MapperSubject of(MapperSource source) throws HostRefusedException {
    stampPages();
    DmaMapper mapper = source.open(MEMORY);
    return new MapperSubject(mapper, source.reader(mapper), source.refusesEmptyUnmap());
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

  /** So many pages before the end of the memory. */
  HostAddress beforeEnd(int pages) {
    return new HostAddress(BYTES.address() + BYTES.byteSize() - bytes(pages));
  }

  void write(int inPage, long value) {
    BYTES.set(ValueLayout.JAVA_LONG, bytes(inPage), value);
  }

  long read(int inPage) {
    return BYTES.get(ValueLayout.JAVA_LONG, bytes(inPage));
  }

  /** One page of the largest IOVA range: there are more of them than pages of memory. */
  IovaRange faraway(long index) {
    return IovaRange.ofLength(largest.start() + index * page, page);
  }

  long entriesAtFirst() {
    return entriesAtFirst;
  }

  boolean canRead() {
    return reader.isPresent();
  }

  /** An address of the largest IOVA range, or else the clause cannot be tried. */
  IovaRange distant(long offset, int pages) {
    if (offset > largest.length() - bytes(pages)) {
      throw new NotApplicableException("the IOMMU translates no more than " + largest);
    }
    return IovaRange.ofLength(largest.start() + offset, bytes(pages));
  }

  void map(int firstPage, int pages) throws HostRefusedException {
    map(firstPage, pages, firstPage);
  }

  /** Maps memory that begins at another page. */
  void map(int firstPage, int pages, int hostPage) throws HostRefusedException {
    map(iova(firstPage, pages), hostPage);
  }

  void map(IovaRange iova, int hostPage) throws HostRefusedException {
    mapper.map(iova, host(hostPage));
    requireReads(iova, hostPage);
  }

  /** Requires, of what can be read, that a device sees each page of the memory at an address. */
  void requireReads(IovaRange iova, int hostPage) {
    reader.ifPresent(
        device -> {
          for (long offset = 0; offset < iova.length(); offset += Pages.SIZE) {
            BrokenClauseError.unlessEqual(
                "what a device reads at 0x%x".formatted(iova.start() + offset),
                OptionalLong.of(BYTES.get(ValueLayout.JAVA_LONG, bytes(hostPage) + offset)),
                device.read(iova.start() + offset));
          }
        });
  }

  void requireUnreadable(IovaRange iova) {
    reader.ifPresent(
        device -> {
          for (long offset = 0; offset < iova.length(); offset += Pages.SIZE) {
            BrokenClauseError.unlessEqual(
                "what a device reads at 0x%x".formatted(iova.start() + offset),
                OptionalLong.empty(),
                device.read(iova.start() + offset));
          }
        });
  }

  long unmap(int firstPage, int pages) throws HostRefusedException {
    long bytes = mapper.unmap(iova(firstPage, pages));
    requireUnreadable(iova(firstPage, pages));
    return bytes;
  }

  void requireUnmapOf(long expectedBytes, IovaRange iova) throws HostRefusedException {
    BrokenClauseError.unlessEqual(
        "bytes taken away by an unmap of " + iova, expectedBytes, mapper.unmap(iova));
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
      IovaRange iova = iova(firstPage, pages);
      HostRefusedException _ =
          requireRefused(UNMAP, RefusalCause.NotMapped.class, iova, m -> m.unmap(iova));
    } else {
      requireUnmapOf(0, firstPage, pages);
    }
  }

  void requireOverlap(int firstPage, int pages) {
    IovaRange iova = iova(firstPage, pages);
    HostRefusedException refusal =
        requireRefused(MAP, RefusalCause.Overlap.class, iova, m -> m.map(iova, host(firstPage)));
    BrokenClauseError.unlessEqual(
        "the error number of an overlap", Errno.name(Errno.EEXIST), Errno.name(refusal.errno()));
    requireTouched(iova, ((RefusalCause.Overlap) refusal.reason()).existing());
  }

  HostRefusedException requireSplit(int firstPage, int pages) {
    IovaRange iova = iova(firstPage, pages);
    HostRefusedException refusal =
        requireRefused(UNMAP, RefusalCause.WouldSplit.class, iova, m -> m.unmap(iova));
    requireTouched(iova, ((RefusalCause.WouldSplit) refusal.reason()).mapping());
    return refusal;
  }

  private static void requireTouched(IovaRange asked, IovaRange named) {
    if (!asked.overlaps(named)) {
      throw BrokenClauseError.of(
          "the mapping that is in the way", "one that shares " + asked, named);
    }
  }

  HostRefusedException requireRefused(
      HostOperation operation,
      Class<? extends RefusalCause> cause,
      IovaRange asked,
      MapperAction action) {
    String expected = "a refusal of %s for %s".formatted(operation, cause.getSimpleName());
    try {
      action.on(mapper);
    } catch (HostRefusedException refusal) {
      if (refusal.operation() != operation || !cause.isInstance(refusal.reason())) {
        throw BrokenClauseError.thrown("a call that must fail", expected, refusal);
      }
      requireTruth(refusal, asked);
      return refusal;
    }
    throw BrokenClauseError.of("a call that must fail", expected, "it done");
  }

  /** No refusal of a single call leaves a host of which nothing can be said. */
  private static void requireTruth(HostRefusedException refusal, IovaRange asked) {
    BrokenClauseError.unlessEqual("address of the refusal", asked.start(), refusal.start());
    BrokenClauseError.unlessEqual("bytes of the refusal", asked.length(), refusal.bytes());
    boolean wholeOrNothing = refusal.operation() == MAP;
    if (refusal.state() == HostRefusedException.State.LOST
        || (wholeOrNothing && refusal.state() != HostRefusedException.State.UNCHANGED)) {
      throw BrokenClauseError.of(
          "the state after a refusal of " + refusal.operation(),
          wholeOrNothing ? "UNCHANGED" : "UNCHANGED or PARTIAL",
          refusal.state());
    }
    if (refusal.errno() <= 0) {
      throw BrokenClauseError.of("the error number of a refusal", "one above 0", refusal.errno());
    }
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
