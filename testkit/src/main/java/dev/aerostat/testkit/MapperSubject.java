package dev.aerostat.testkit;

import static dev.aerostat.api.HostOperation.MAP;
import static dev.aerostat.api.HostOperation.UNMAP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A mapper under test. It counts in pages of the mapper's smallest size, from the memory's start.
 */
final class MapperSubject {
  /** Pages that any mapper's memory has: those of 64 KiB. */
  static final int PAGES = (int) (MapperContract.MEMORY_BYTES >> 16);

  /** No process has memory here (vm.mmap_min_addr). */
  static final HostAddress NOWHERE = new HostAddress(0);

  private static final long START = 16 << 20;
  private static final MemorySegment BYTES =
      Arena.ofAuto().allocate(MapperContract.MEMORY_BYTES, MapperContract.MEMORY_BYTES);

  static final GuestMemory MEMORY =
      GuestMemory.of(
          List.of(
              new MemoryRegion(GuestRange.ofLength(START, MapperContract.MEMORY_BYTES), BYTES)));

  private final DmaMapper mapper;
  private final boolean refusesEmptyUnmap;
  private final long page;
  private final long entriesAtFirst;

  MapperSubject(DmaMapper mapper, boolean refusesEmptyUnmap) {
    this.mapper = mapper;
    this.refusesEmptyUnmap = refusesEmptyUnmap;
    this.page = mapper.limits().smallestPage();
    this.entriesAtFirst = mapper.limits().entriesLeft();
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

  /** Unmaps exactly one mapping, which no other check could show to be there. */
  void assertMapped(int firstPage, int pages) throws HostRefusedException {
    assertEquals(bytes(pages), unmap(firstPage, pages), "bytes of a mapping");
  }

  void assertNothingMapped(int firstPage, int pages) throws HostRefusedException {
    if (refusesEmptyUnmap) {
      assertRefused(UNMAP, RefusalCause.NotMapped.class, m -> m.unmap(iova(firstPage, pages)));
    } else {
      assertEquals(0, unmap(firstPage, pages), "bytes mapped in a hole");
    }
  }

  void assertOverlap(int firstPage, int pages) {
    HostRefusedException refusal =
        assertRefused(
            MAP, RefusalCause.Overlap.class, m -> m.map(iova(firstPage, pages), host(firstPage)));
    assertEquals(Errno.EEXIST, refusal.errno());
  }

  HostRefusedException assertSplit(int firstPage, int pages) {
    return assertRefused(
        UNMAP, RefusalCause.WouldSplit.class, m -> m.unmap(iova(firstPage, pages)));
  }

  HostRefusedException assertRefused(
      HostOperation operation, Class<? extends RefusalCause> cause, MapperAction action) {
    var refusal = assertThrows(HostRefusedException.class, () -> action.on(mapper));
    assertEquals(operation, refusal.operation());
    assertInstanceOf(cause, refusal.reason());
    return refusal;
  }

  void assertEntriesTaken(long taken) {
    long expected =
        entriesAtFirst == MapperLimits.UNLIMITED ? entriesAtFirst : entriesAtFirst - taken;
    assertEquals(expected, mapper.limits().entriesLeft(), "entries left");
  }

  /** Runs an action on several threads that start together. */
  List<Outcome> race(int threads, IndexedAction action) {
    var start = new CountDownLatch(1);
    try (var pool = Executors.newFixedThreadPool(threads)) {
      var running = new ArrayList<Future<Outcome>>();
      for (int i = 0; i < threads; i++) {
        running.add(pool.submit(contender(start, action, i)));
      }
      start.countDown();
      return running.stream().map(MapperSubject::outcome).toList();
    }
  }

  private Callable<Outcome> contender(CountDownLatch start, IndexedAction action, int index) {
    return () -> {
      start.await();
      try {
        action.on(mapper, index);
        return new Outcome(true, "done");
      } catch (HostRefusedException refusal) {
        return new Outcome(false, refusal.reason().rule());
      }
    };
  }

  private static Outcome outcome(Future<Outcome> future) {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      throw new AssertionError("a thread failed", failure.getCause());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interruption);
    }
  }

  /**
   * How one thread's call ended.
   *
   * @param done whether it was not refused
   * @param detail why it was
   */
  record Outcome(boolean done, String detail) {}

  /** Something done to a mapper. */
  interface MapperAction {
    void on(DmaMapper mapper) throws HostRefusedException;
  }

  /** Something that one of several threads does to a mapper. */
  interface IndexedAction {
    void on(DmaMapper mapper, int index) throws HostRefusedException;
  }
}
