package dev.aerostat.mapper.vfio.machine;

import static dev.aerostat.mapper.vfio.machine.Eventually.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.simulation.RecordedTraffic;
import dev.aerostat.virtio.VirtioDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An engine maps a guest's memory while a recorded boot balloons it, and devices say what they can
 * reach: all that the guest owns, nothing that is not mapped.
 */
final class DmaJudgeInGuest {
  private static final int GRANULE_PAGES = 512;
  private static final int PROBES = 128;

  /** Few enough for a small container, and a twentieth of what is to be blocked. */
  private static final int SECRETS = 24;

  private static final int FEWEST_A_PHASE = 100;
  private static final Path RECORDING = Path.of("/app/m1-k61-boot.trace.gz");

  private final long seed = Long.getLong("aerostat.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final RecordedTraffic recording = open(RECORDING);
  private final LinuxGuestMemory allocated = allocate(recording);
  private final GuestMemory memory = allocated.guestMemory();
  private final VfioMapper real = open();
  private final PausingMapper mapper = new PausingMapper(real);
  private final DeviceGates gates = new DeviceGates(real.devices(), mapper::pause);
  private final DmaProbes probes = new DmaProbes(memory, edus());
  private final RealTimeGuest guest = new RealTimeGuest(memory, this::device, recording);
  private final AsyncDmaMap engine =
      AsyncDmaMap.builder(memory, mapper, gates).interrupts(guest).build();

  private final BitSet probed = new BitSet();
  private final BitSet shouldBeBlocked = new BitSet();
  private int reached;
  private int blocked;

  @AfterEach
  void close() {
    mapper.pauseFrom(Integer.MAX_VALUE);
    probes.close();
    engine.close();
    guest.close();
    allocated.close();
  }

  @Test
  void devicesReachAllThatTheGuestOwnsAndNothingThatIsNotMapped() throws Exception {
    FaultLog log = FaultLog.fromNow();
    inflate();
    guest.whileStill(this::whileTheGateIsClosed);

    openGate();
    guest.whileStill(this::whenTheGateHasOpened);

    mapper.pauseFrom((int) memory.pages() * 3 / 4);
    until(
        "three quarters to be mapped",
        () -> mapper.mappedPages() >= memory.pages() * 3 / 4,
        engine::progress);
    guest.whileStill(() -> whileTheGateIsOpen("half-way", PROBES));

    mapper.pauseFrom(Integer.MAX_VALUE);
    until("the end of the boot", () -> engine.progress().done(), engine::progress);
    guest.whileStill(() -> whileTheGateIsOpen("all is mapped", 3 * PROBES));

    System.out.printf("DMA seed %d: %d pages reached, %d blocked%n", seed, reached, blocked);
    assertEquals(real.devices().size(), gates.earlyWishes());
    assertEquals(reached + blocked, probed.cardinality(), "distinct pages");
    assertTrue(reached + blocked >= 1000, () -> reached + blocked + " pages probed");
    assertTrue(3 * blocked >= reached + blocked, () -> blocked + " pages blocked");
    assertTells(log.faults());
  }

  /** The kernel logs a few faults only; all that it logs were wanted. */
  private void assertTells(List<FaultLog.Fault> faults) {
    System.out.printf(
        "DMA %d faults in the kernel's log, such as %s%n",
        faults.size(), faults.stream().findFirst());
    assertFalse(faults.isEmpty(), "no fault in the kernel's log");
    assertEquals(
        List.of(),
        faults.stream()
            .filter(fault -> !fault.write() || !shouldBeBlocked.get((int) fault.page()))
            .toList(),
        "faults that nobody asked for, seed " + seed);
  }

  @Test
  void memoryThatIsSaidToBeMappedAndIsNotIsFound() throws Exception {
    mapper.lie();
    inflate();
    openGate();
    assertFinds("pages not reached", this::whenTheGateHasOpened);
  }

  @Test
  void memoryThatIsMappedInSecretIsFound() throws Exception {
    inflate();
    openGate();
    long granule = GRANULE_PAGES * 4096L;
    MemoryRegion region = memory.region(0);
    BitSet mapped = mapper.mapped();
    int secrets = 0;
    for (long at = region.range().start(); secrets < SECRETS; at += granule) {
      if (mapped.get((int) (at >> 12), (int) ((at + granule) >> 12)).isEmpty()) {
        mapper.mapInSecret(IovaRange.ofLength(at, granule), region.hostAddress(at));
        secrets++;
      }
    }
    assertFinds("pages not blocked", () -> whileTheGateIsOpen("sabotage", PROBES));
  }

  private void assertFinds(String what, Callable<Boolean> probes) {
    var found = assertThrows(ExecutionException.class, () -> guest.whileStill(probes));
    assertTrue(String.valueOf(found.getMessage()).contains(what), found::toString);
  }

  private void inflate() throws Exception {
    mapper.pause();
    gates.guestAsksForBusMastering(engine::dmaWanted);
    engine.start();
    guest.load();
    // The recorded guest takes memory back when it has given all that it gives.
    until("a deflate", () -> engine.counters().deflateMessages() > 0, engine::counters);
    assertEquals(memory.pages() * 3 / 4, engine.counters().inflatePages());
  }

  /** At the moment it opens, maps begin to wait again. */
  private void openGate() throws Exception {
    mapper.pauseFrom(Integer.MAX_VALUE);
    until("the gate", () -> engine.progress().gateOpen(), engine::progress);
  }

  private boolean whileTheGateIsClosed() {
    assertBlocked("the gate is closed", pick(all(), 2 * PROBES));
    return true;
  }

  private boolean whenTheGateHasOpened() {
    assertReached("the gate has just opened", oneInEachGranule(reachable()));
    return whileTheGateIsOpen("the gate is open", PROBES);
  }

  private boolean whileTheGateIsOpen(String phase, int count) {
    assertReached(phase, pick(reachable(), count));
    BitSet unmapped = all();
    unmapped.andNot(mapper.mapped());
    if (!unmapped.isEmpty()) {
      assertBlocked(phase, pick(unmapped, 2 * PROBES));
    }
    return true;
  }

  /** What the guest owns, all of it mapped; without what driver and device work with. */
  private BitSet reachable() {
    BitSet owned = all();
    owned.andNot(guest.ballooned());
    BitSet lost = (BitSet) owned.clone();
    lost.andNot(mapper.mapped());
    assertEquals("{}", lost.toString(), "pages that are guest-owned and not mapped");
    owned.andNot(guest.rings());
    return owned;
  }

  private void assertReached(String phase, List<Long> pages) {
    reached += pages.size();
    assertTrue(pages.size() >= FEWEST_A_PHASE, phase + ": only " + pages.size() + " pages");
    assertEquals(List.of(), probes.lost(pages), phase + ": pages not reached, seed " + seed);
    System.out.printf("DMA %s: %d pages reached%n", phase, pages.size());
  }

  private void assertBlocked(String phase, List<Long> pages) {
    blocked += pages.size();
    assertTrue(pages.size() >= FEWEST_A_PHASE, phase + ": only " + pages.size() + " pages");
    pages.forEach(page -> shouldBeBlocked.set(page.intValue()));
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

  private VirtioDevice device() {
    return engine.device();
  }

  private List<EduDevice> edus() {
    var edus = new ArrayList<EduDevice>();
    try {
      for (VfioDevice device : real.devices()) {
        edus.add(new EduDevice(device));
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

  private static RecordedTraffic open(Path file) {
    try {
      return RecordedTraffic.open(file);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static LinuxGuestMemory allocate(RecordedTraffic recording) {
    try {
      return LinuxGuestMemory.allocate(recording.ram(), new MemoryBacking.Anonymous(true));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
