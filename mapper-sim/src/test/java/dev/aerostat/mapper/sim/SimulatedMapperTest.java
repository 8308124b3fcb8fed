package dev.aerostat.mapper.sim;

import static dev.aerostat.mapper.sim.UntouchedGuest.GIB;
import static dev.aerostat.mapper.sim.UntouchedGuest.PAGE;
import static dev.aerostat.mapper.sim.UntouchedGuest.iova;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.CompositeMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.spi.MapperRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class SimulatedMapperTest {
  private static final SimulatedHost TYPE1 = SimulatedHost.typical();
  private static final SimulatedHost IOMMUFD = TYPE1.withRules(KernelRules.IOMMUFD);
  private static final IovaRange INTERRUPTS = new IovaRange(0xfee0_0000L, 0xfef0_0000L);

  @AutoClose private final UntouchedGuest guest = new UntouchedGuest(8 * GIB);

  @Test
  void type1ChecksAlignmentThenOverlapThenEntriesThenIovaRanges() throws HostRefusedException {
    IovaRange taken = iova(0, 64 << 10);
    IovaRange free = iova(64 << 10, 64 << 10);
    try (var mapper = guest.open(TYPE1.withPageSizes(0x10000).withDmaEntryLimit(1))) {
      mapper.map(taken, at(0));
      assertErrno(Errno.EINVAL, () -> mapper.map(iova(0, PAGE), at(0)));
      assertErrno(Errno.EINVAL, () -> mapper.map(taken, at(PAGE)));
      assertErrno(Errno.EEXIST, () -> mapper.map(taken, at(0)));
      assertErrno(Errno.ENOSPC, () -> mapper.map(INTERRUPTS, at(0)));
      assertErrno(Errno.ENOSPC, () -> mapper.map(free, new HostAddress(0)));
    }
    try (var mapper = guest.open(TYPE1)) {
      assertErrno(Errno.EINVAL, () -> mapper.map(INTERRUPTS, new HostAddress(0)));
      assertErrno(Errno.EFAULT, () -> mapper.map(free, new HostAddress(0)));
    }
  }

  @Test
  void iommufdChecksIovaRangesBeforeOverlapAndHasNoEntryLimit() throws HostRefusedException {
    try (var mapper = guest.open(IOMMUFD.withDmaEntryLimit(1))) {
      long edge = INTERRUPTS.start();
      mapper.map(iova(edge - PAGE, PAGE), at(0));
      mapper.map(iova(0, PAGE), at(0));
      assertEquals(MapperLimits.UNLIMITED, mapper.limits().entriesLeft());
      assertErrno(Errno.EINVAL, () -> mapper.map(iova(edge - PAGE, 2 * PAGE), at(0)));
      assertErrno(Errno.EEXIST, () -> mapper.map(iova(edge - PAGE, PAGE), at(0)));
    }
  }

  @Test
  void iommufdLooksAtTheAlignmentOfMemoryLast() throws HostRefusedException {
    try (var mapper = guest.open(IOMMUFD.withPageSizes(0x10000))) {
      IovaRange taken = iova(0, 64 << 10);
      mapper.map(taken, at(0));
      assertErrno(Errno.EINVAL, () -> mapper.map(iova(PAGE, 64 << 10), at(0)));
      assertErrno(Errno.EEXIST, () -> mapper.map(taken, at(PAGE)));
      assertErrno(Errno.EINVAL, () -> mapper.map(iova(64 << 10, 64 << 10), at(PAGE)));
    }
  }

  @Test
  void onlyType1ServesOneMapAtATime() {
    try (var type1 = guest.open(TYPE1);
        var iommufd = guest.open(IOMMUFD)) {
      assertEquals(false, type1.limits().concurrentMaps());
      assertEquals(true, iommufd.limits().concurrentMaps());
    }
  }

  @Test
  void aType1UnmapThatCutsTheLastMappingLeavesTheOthers() throws HostRefusedException {
    try (var mapper = guest.open(TYPE1)) {
      mapAdjacent(mapper);
      var refusal = assertErrno(Errno.EINVAL, () -> mapper.unmap(iova(0, 3 * PAGE)));
      assertEquals(new RefusalCause.WouldSplit(iova(2 * PAGE, 2 * PAGE)), refusal.reason());
      assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
      assertEquals(4 * PAGE, mapper.mappedBytes());
    }
  }

  @Test
  void anIommufdUnmapThatCutsTheLastMappingHasTakenTheOthers() throws HostRefusedException {
    try (var mapper = guest.open(IOMMUFD)) {
      mapAdjacent(mapper);
      var refusal = assertErrno(Errno.ENOENT, () -> mapper.unmap(iova(0, 3 * PAGE)));
      assertEquals(HostRefusedException.State.PARTIAL, refusal.state());
      assertEquals(2 * PAGE, mapper.mappedBytes());
      assertEquals(2 * PAGE, mapper.hostMemory().lockedBytes());
      refusal = assertErrno(Errno.ENOENT, () -> mapper.unmap(iova(0, 3 * PAGE)));
      assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
    }
  }

  private void mapAdjacent(SimulatedMapper mapper) throws HostRefusedException {
    mapper.map(iova(0, 2 * PAGE), at(0));
    mapper.map(iova(2 * PAGE, 2 * PAGE), at(2 * PAGE));
  }

  @Test
  void aRefusalNamesTheHoleAndOnlyTheHole() {
    try (var mapper = guest.open(TYPE1)) {
      var wide = new IovaRange(INTERRUPTS.start() - PAGE, INTERRUPTS.end() + PAGE);
      var refusal = assertErrno(Errno.EINVAL, () -> mapper.map(wide, at(0)));
      assertEquals(new RefusalCause.IovaHole(INTERRUPTS), refusal.reason());
    }
  }

  @Test
  void aMapOfUnpopulatedMemoryPaysForPopulatingIt() throws HostRefusedException {
    try (var mapper = guest.open(TYPE1, 8)) {
      mapper.hostMemory().populate(at(0), GIB / 2);
      assertEquals(TYPE1.costs().populate(GIB / PAGE / 2, 8), guest.spent());
      mapper.map(iova(0, GIB), at(0));
      assertEquals(TYPE1.costs().map(GIB / PAGE, GIB / PAGE / 2), guest.spent());
      assertEquals(GIB, mapper.hostMemory().populatedBytes());
    }
  }

  @Test
  void theLimitOfLockedMemoryCountsAPageOnceForEachMapping() throws HostRefusedException {
    try (var mapper = guest.open(TYPE1.withMemlock(3 * PAGE))) {
      mapper.map(iova(0, 2 * PAGE), at(0));
      var refusal = assertErrno(Errno.ENOMEM, () -> mapper.map(iova(4 * PAGE, 2 * PAGE), at(0)));
      assertEquals(new RefusalCause.MemoryLockLimit(3 * PAGE, 4 * PAGE), refusal.reason());
      mapper.map(iova(4 * PAGE, PAGE), at(0));
      assertEquals(3 * PAGE, mapper.hostMemory().lockedBytes());
    }
  }

  @Test
  void aMapThatMeetsTheLimitOfLockedMemoryHalfWayIsRolledBackButItsPagesStayPopulated()
      throws HostRefusedException {
    try (var mapper = guest.open(TYPE1.withMemlock(GIB))) {
      assertErrno(Errno.ENOMEM, () -> mapper.map(iova(4 * GIB, 2 * GIB), at(0)));
      assertEquals(TYPE1.costs().map(GIB / PAGE, GIB / PAGE), guest.spent());
      assertEquals(0, mapper.liveMappings());
      assertEquals(0, mapper.peakMappings());
      assertEquals(0, mapper.hostMemory().lockedBytes());
      assertEquals(GIB, mapper.hostMemory().populatedBytes());
    }
  }

  @Test
  void containersOfOneProcessShareItsLimitOfLockedMemory() throws HostRefusedException {
    var memory = new SimulatedHostMemory(TYPE1.withMemlock(3 * PAGE), guest.request(1, Map.of()));
    var both =
        CompositeMapper.of(List.of(new SimulatedMapper(memory), new SimulatedMapper(memory)));
    try (both) {
      both.map(iova(0, PAGE), at(0));
      assertErrno(Errno.ENOMEM, () -> both.map(iova(PAGE, PAGE * 2), at(PAGE)));
      assertEquals(2 * PAGE, memory.lockedBytes());
    }
    assertEquals(0, memory.lockedBytes());
  }

  @Test
  void closeUnmapsAllAndUnlocksAll() throws HostRefusedException {
    var mapper = guest.open(TYPE1);
    mapper.map(iova(0, GIB), at(0));
    mapper.map(iova(4 * GIB, GIB), at(4 * GIB));
    mapper.unmap(iova(0, GIB));
    guest.spent();
    mapper.close();
    assertEquals(TYPE1.costs().unmap(1, GIB / PAGE), guest.spent());
    assertEquals(0, mapper.liveMappings());
    assertEquals(2, mapper.peakMappings());
    assertEquals(0, mapper.mappedBytes());
    assertEquals(0, mapper.hostMemory().lockedBytes());
    mapper.close();
    assertEquals(0, guest.spent());
  }

  @Test
  void unmapAndDiscardCostWhatTheyTouch() throws HostRefusedException {
    try (var mapper = guest.open(TYPE1)) {
      mapper.map(iova(0, GIB), at(0));
      guest.spent();
      assertEquals(GIB, mapper.unmapAll());
      assertEquals(TYPE1.costs().unmap(1, GIB / PAGE), guest.spent());
      mapper.hostMemory().discard(at(0), 2 * GIB);
      assertEquals(TYPE1.costs().discard(GIB / PAGE), guest.spent());
      assertEquals(0, mapper.hostMemory().populatedBytes());
      mapper.hostMemory().discard(at(0), 2 * GIB);
      assertEquals(0, guest.spent());
    }
  }

  @Test
  void memoryThatIsNotTheGuestsCannotBePopulated() {
    try (var mapper = guest.open(TYPE1)) {
      var memory = mapper.hostMemory();
      var refusal = assertErrno(Errno.ENOMEM, () -> memory.populate(at(7 * GIB), 2 * GIB));
      assertEquals(new RefusalCause.BadHostAddress(), refusal.reason());
      assertEquals(0, memory.populatedBytes());
      assertThrows(IllegalArgumentException.class, () -> memory.populate(at(0), 0));
      assertThrows(IllegalArgumentException.class, () -> memory.discard(at(0), 100));
    }
  }

  @Test
  void underType1AMapWaitsForTheMapUnderWay() throws Exception {
    assertEquals(false, secondMapEndsDuringTheFirst(TYPE1));
  }

  @Test
  void underIommufdTwoMapsRunSideBySide() throws Exception {
    assertEquals(true, secondMapEndsDuringTheFirst(IOMMUFD));
  }

  private boolean secondMapEndsDuringTheFirst(SimulatedHost host) throws Exception {
    var firstIsPinning = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    long cost = host.costs().map(GIB / PAGE, GIB / PAGE);
    var request =
        new MapperRequest(
            guest.memory(),
            Map.of(),
            1,
            nanos -> {
              if (nanos == cost) {
                firstIsPinning.countDown();
                awaitQuietly(mayEnd);
              }
            });
    try (var mapper = SimulatedMapper.open(host, request);
        var pool = Executors.newFixedThreadPool(2)) {
      var first = pool.submit(() -> mapThrough(mapper, iova(0, GIB)));
      firstIsPinning.await();
      var second = pool.submit(() -> mapThrough(mapper, iova(4 * GIB, PAGE)));
      if (host.rules() == KernelRules.IOMMUFD) {
        assertTrue(second.get(60, TimeUnit.SECONDS), "waited in vain for a map beside another");
        assertErrno(Errno.EEXIST, () -> mapper.map(iova(PAGE, PAGE), at(0)));
        assertUnmapStopsAtTheMapUnderWay(mapper);
      } else {
        assertThrows(TimeoutException.class, () -> second.get(50, TimeUnit.MILLISECONDS));
      }
      boolean ended = second.isDone();
      assertEquals(ended ? 1 : 0, mapper.peakMappings());
      mayEnd.countDown();
      assertTrue(first.get() && second.get());
      assertEquals(2, mapper.peakMappings());
      return ended;
    }
  }

  /** It lies between 0 and 1 GiB; what lies above it is not reached. */
  private void assertUnmapStopsAtTheMapUnderWay(SimulatedMapper mapper) {
    for (Executable unmap :
        List.<Executable>of(() -> mapper.unmap(iova(0, GIB)), mapper::unmapAll)) {
      var refusal = assertErrno(Errno.EBUSY, unmap);
      assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
    }
    assertEquals(PAGE, mapper.mappedBytes());
  }

  @Test
  void anIommufdUnmapThatMeetsAMapUnderWayHasTakenTheMappingsBelow() throws HostRefusedException {
    var opened = new SimulatedMapper[1];
    var unmaps = new ArrayList<HostRefusedException>();
    long cost = IOMMUFD.costs().map(GIB / PAGE, GIB / PAGE);
    var request =
        new MapperRequest(
            guest.memory(),
            Map.of(),
            1,
            nanos -> {
              if (nanos == cost) {
                unmaps.add(assertErrno(Errno.EBUSY, opened[0]::unmapAll));
              }
            });
    try (var mapper = SimulatedMapper.open(IOMMUFD, request)) {
      opened[0] = mapper;
      mapper.map(iova(0, PAGE), at(0));
      mapper.map(iova(6 * GIB, PAGE), at(0));
      mapper.map(iova(4 * GIB, GIB), at(4 * GIB));
      assertEquals(HostRefusedException.State.PARTIAL, unmaps.getFirst().state());
      assertEquals(GIB + PAGE, mapper.mappedBytes());
    }
  }

  private boolean mapThrough(SimulatedMapper mapper, IovaRange iova) throws HostRefusedException {
    mapper.map(iova, at(iova.start()));
    return true;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aMapDuringWhichTheMapperIsClosedLeavesNothingBehind() {
    var opened = new SimulatedMapper[1];
    var request = new MapperRequest(guest.memory(), Map.of(), 1, _ -> opened[0].close());
    opened[0] = SimulatedMapper.open(IOMMUFD, request);
    SimulatedMapper mapper = opened[0];
    assertThrows(IllegalStateException.class, () -> mapper.map(iova(0, GIB), at(0)));
    assertEquals(0, mapper.liveMappings());
    assertEquals(0, mapper.hostMemory().lockedBytes());
  }

  @Test
  void millionsOfMappingsOfOnePageFit() throws HostRefusedException {
    try (var large = new UntouchedGuest(16 * GIB);
        var mapper = large.open(IOMMUFD.withIovaRanges(List.of(iova(0, 16 * GIB))))) {
      long mappings = 4 << 20;
      for (long i = 0; i < mappings; i++) {
        mapper.map(iova(i * PAGE, PAGE), large.at(i * PAGE));
      }
      assertEquals(mappings, mapper.peakMappings());
      assertEquals(mappings, mapper.hostMemory().calls(HostOperation.MAP));
      assertEquals(16 * GIB, mapper.unmapAll());
    }
  }

  private HostAddress at(long guestAddress) {
    return guest.at(guestAddress);
  }

  private static HostRefusedException assertErrno(int errno, Executable call) {
    var refusal = assertThrows(HostRefusedException.class, call);
    assertEquals(Errno.name(errno), Errno.name(refusal.errno()), refusal::getMessage);
    return refusal;
  }
}
