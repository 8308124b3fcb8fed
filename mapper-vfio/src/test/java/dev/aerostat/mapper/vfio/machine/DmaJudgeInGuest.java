package dev.aerostat.mapper.vfio.machine;

import static dev.aerostat.mapper.vfio.machine.Eventually.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.balloon.virtio.BalloonDevice;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An engine maps a guest's memory while the guest balloons, and devices say what they can reach:
 * all that the guest owns, nothing that is not mapped.
 */
final class DmaJudgeInGuest {
  private static final int GRANULE_PAGES = 512;
  private static final int PROBES = 128;

  /** Few enough for a small container, and a twentieth of what is to be blocked. */
  private static final int SECRETS = 16;

  private static final long MIB = 1L << 20;
  private static final List<GuestRange> RAM =
      List.of(GuestRange.ofLength(0, 256 * MIB), GuestRange.ofLength(4096 * MIB, 512 * MIB));

  private final long seed = Long.getLong("aerostat.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Arena arena = Arena.ofShared();
  private final LinuxGuestMemory allocated = allocate();
  private final GuestMemory memory = allocated.guestMemory();
  private final VfioMapper real = open();
  private final PausingMapper mapper = new PausingMapper(real);
  private final DeviceGates gates = new DeviceGates(real.devices(), mapper::pause);
  private final DmaProbes probes = new DmaProbes(memory, edus());
  private final RealTimeGuest guest =
      new RealTimeGuest(memory, this::device, GuestProfile.linux().withSeed(seed));
  private final AsyncDmaMap engine =
      AsyncDmaMap.builder(memory, mapper, gates)
          .settings(EngineSettings.forMemory(memory).withResidentBytes(128 * MIB))
          .interrupts(guest)
          .build();

  private final BitSet probed = new BitSet();
  private int reached;
  private int blocked;

  @AfterEach
  void close() {
    mapper.pauseFrom(Integer.MAX_VALUE);
    guest.close();
    engine.close();
    arena.close();
    allocated.close();
  }

  @Test
  void devicesReachAllThatTheGuestOwnsAndNothingThatIsNotMapped() throws Exception {
    inflate();
    guest.whileStill(this::whileTheGateIsClosed);

    openGate();
    guest.whileStill(() -> whileTheGateIsOpen("the gate has just opened", PROBES));

    mapper.pauseFrom((int) memory.pages() * 3 / 4);
    until(() -> mapper.mappedPages() >= memory.pages() * 3 / 4);
    guest.whileStill(() -> whileTheGateIsOpen("half-way", PROBES));

    mapper.pauseFrom(Integer.MAX_VALUE);
    until(() -> engine.progress().done());
    guest.whileStill(() -> whileTheGateIsOpen("all is mapped", 3 * PROBES));

    System.out.printf("DMA seed %d: %d pages reached, %d blocked%n", seed, reached, blocked);
    assertEquals(real.devices().size(), gates.earlyWishes());
    assertEquals(reached + blocked, probed.cardinality(), "distinct pages");
    assertTrue(reached + blocked >= 1000, () -> reached + blocked + " pages probed");
    assertTrue(3 * blocked >= reached + blocked, () -> blocked + " pages blocked");
  }

  @Test
  void memoryThatIsSaidToBeMappedAndIsNotIsFound() throws Exception {
    mapper.lie();
    inflate();
    openGate();
    assertFinds("pages not reached");
  }

  @Test
  void memoryThatIsMappedInSecretIsFound() throws Exception {
    inflate();
    openGate();
    long granule = GRANULE_PAGES * 4096L;
    MemoryRegion high = memory.region(1);
    BitSet mapped = mapper.mapped();
    int secrets = 0;
    for (long at = high.range().start(); secrets < SECRETS; at += granule) {
      if (mapped.get((int) (at >> 12), (int) ((at + granule) >> 12)).isEmpty()) {
        mapper.mapInSecret(IovaRange.ofLength(at, granule), high.hostAddress(at));
        secrets++;
      }
    }
    assertFinds("pages not blocked");
  }

  private void assertFinds(String what) {
    var found =
        assertThrows(
            ExecutionException.class,
            () -> guest.whileStill(() -> whileTheGateIsOpen("sabotage", PROBES)));
    assertTrue(String.valueOf(found.getMessage()).contains(what), found::toString);
  }

  private void inflate() throws Exception {
    mapper.pause();
    gates.guestAsksForBusMastering(engine::dmaWanted);
    engine.start();
    guest.load();
    until(() -> engine.progress().balloonedBytes() > memory.bytes() * 3 / 4 && guest.idle());
  }

  /** At the moment it opens, maps begin to wait again. */
  private void openGate() throws Exception {
    mapper.pauseFrom(Integer.MAX_VALUE);
    until(() -> engine.progress().gateOpen());
  }

  private boolean whileTheGateIsClosed() {
    assertBlocked("the gate is closed", pick(all(), 2 * PROBES));
    return true;
  }

  private boolean whileTheGateIsOpen(String phase, int count) {
    BitSet owned = all();
    owned.andNot(guest.ballooned());
    BitSet lost = (BitSet) owned.clone();
    lost.andNot(mapper.mapped());
    assertEquals("{}", lost.toString(), phase + ": pages that are guest-owned and not mapped");
    BitSet reachable = (BitSet) owned.clone();
    reachable.andNot(guest.rings());
    List<Long> toReach = oneInEachGranule(reachable);
    toReach.addAll(pick(reachable, count - toReach.size()));
    assertReached(phase, toReach);
    BitSet unmapped = all();
    unmapped.andNot(mapper.mapped());
    assertBlocked(phase, pick(unmapped, 2 * PROBES));
    return true;
  }

  private void assertReached(String phase, List<Long> pages) {
    reached += pages.size();
    assertEquals(List.of(), probes.lost(pages), phase + ": pages not reached, seed " + seed);
    System.out.printf("DMA %s: %d pages reached%n", phase, pages.size());
  }

  private void assertBlocked(String phase, List<Long> pages) {
    blocked += pages.size();
    assertEquals(List.of(), probes.leaked(pages), phase + ": pages not blocked, seed " + seed);
    System.out.printf("DMA %s: %d pages blocked%n", phase, pages.size());
  }

  private List<Long> oneInEachGranule(BitSet pages) {
    var picked = new ArrayList<Long>();
    for (int page = pages.nextSetBit(0); page >= 0; ) {
      int end = (page / GRANULE_PAGES + 1) * GRANULE_PAGES;
      BitSet granule = new BitSet();
      granule.set(page, end);
      granule.and(pages);
      picked.addAll(pick(granule, 1));
      page = pages.nextSetBit(end);
    }
    return picked;
  }

  /** Some pages that were not probed before, by chance; fewer if there are no more. */
  private List<Long> pick(BitSet pages, int count) {
    BitSet left = (BitSet) pages.clone();
    left.andNot(probed);
    var picked = new ArrayList<Long>();
    int[] numbers = left.stream().toArray();
    for (int i = 0; i < Math.min(count, numbers.length); i++) {
      int other = random.nextInt(i, numbers.length);
      picked.add((long) numbers[other]);
      probed.set(numbers[other]);
      numbers[other] = numbers[i];
    }
    return picked;
  }

  private BitSet all() {
    var pages = new BitSet();
    for (MemoryRegion region : memory.regions()) {
      pages.set((int) region.range().firstPage(), (int) region.range().endPage());
    }
    return pages;
  }

  private BalloonDevice device() {
    return engine.device();
  }

  private List<EduDevice> edus() {
    var edus = new ArrayList<EduDevice>();
    try {
      for (VfioDevice device : real.devices()) {
        edus.add(new EduDevice(device, arena));
      }
      return edus;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static VfioMapper open() {
    try {
      return VfioMapper.open(GuestDevices.all());
    } catch (HostRefusedException refusal) {
      throw new AssertionError(refusal);
    }
  }

  private static LinuxGuestMemory allocate() {
    try {
      return LinuxGuestMemory.allocate(RAM, new MemoryBacking.Anonymous(true));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
