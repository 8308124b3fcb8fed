package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.sim.KernelRules;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same calls on the kernel's mapper and on the simulated one: where they differ, it is right.
 */
final class DifferentialInGuest {
  /** Each run draws others: what one run leaves out the next ones try. */
  private static final int SEQUENCES = Integer.getInteger("aerostat.sequences", 150);

  /** Some mistakes show in one sequence of a hundred only. The search ends where one shows. */
  private static final int SEQUENCES_TO_FIND_A_MISTAKE = 500;

  private static final int CALLS = 50;

  private final long seed = Long.getLong("aerostat.seed", System.nanoTime());
  private final LinuxGuestMemory memory = allocate();
  private final VfioMapper real = open();
  private final MapperLimits limits = real.limits();
  private final SimulatedHost faithful =
      SimulatedHost.typical()
          .withRules(GuestDevices.rules())
          .withIovaRanges(limits.iovaRanges())
          .withPageSizes(limits.pageSizes())
          .withDmaEntryLimit(limits.entriesLeft());

  @BeforeEach
  void populate() throws HostRefusedException {
    var region = memory.guestMemory().region(0);
    real.hostMemory().populate(region.hostAddress(0), region.range().length());
    System.out.printf("DIFFERENTIAL %s, seed %d, limits %s%n", real.backend(), seed, limits);
  }

  @AfterEach
  void close() {
    real.close();
    memory.close();
  }

  @Test
  void theSimulatedMapperDoesWhatTheKernelDoes() throws HostRefusedException {
    OutcomeCounts tally = compare(faithful, SEQUENCES);
    System.out.printf(
        "DIFFERENTIAL %d sequences of %d calls, 0 differences: %s%n", SEQUENCES, CALLS, tally);
    tally.assertEveryOutcomeWasSeen(real.backend());
  }

  /** Rules that the simulation could have wrong. */
  enum Mistake {
    ONE_ENTRY_MORE,
    ONE_PAGE_MORE_BELOW_THE_HOLE,
    RULES_OF_TYPE1,
    RULES_OF_IOMMUFD;

    private SimulatedHost in(SimulatedHost host) {
      return switch (this) {
        case ONE_ENTRY_MORE -> host.withDmaEntryLimit(host.dmaEntryLimit() + 1);
        case ONE_PAGE_MORE_BELOW_THE_HOLE -> host.withIovaRanges(withOnePageMore(host));
        case RULES_OF_TYPE1 -> host.withRules(KernelRules.TYPE1V2);
        case RULES_OF_IOMMUFD -> host.withRules(KernelRules.IOMMUFD);
      };
    }

    private static List<IovaRange> withOnePageMore(SimulatedHost host) {
      IovaRange low = host.iovaRanges().getFirst();
      return List.of(new IovaRange(low.start(), low.end() + 4096), host.iovaRanges().getLast());
    }
  }

  private static List<Mistake> mistakes() {
    return switch (GuestDevices.rules()) {
      case TYPE1V2 ->
          List.of(
              Mistake.ONE_ENTRY_MORE,
              Mistake.ONE_PAGE_MORE_BELOW_THE_HOLE,
              Mistake.RULES_OF_IOMMUFD);
      case IOMMUFD -> List.of(Mistake.ONE_PAGE_MORE_BELOW_THE_HOLE, Mistake.RULES_OF_TYPE1);
    };
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeInTheSimulationIsFound(Mistake mistake) {
    assertThrows(
        AssertionError.class, () -> compare(mistake.in(faithful), SEQUENCES_TO_FIND_A_MISTAKE));
  }

  private OutcomeCounts compare(SimulatedHost host, int sequences) throws HostRefusedException {
    var tally = new OutcomeCounts();
    var seeds = new SplittableRandom(seed);
    for (int i = 0; i < sequences; i++) {
      long sequenceSeed = seeds.nextLong();
      long _ = real.unmapAll();
      try (var simulated = SimulatedMapper.open(host, MapperRequest.of(memory.guestMemory()))) {
        compare(simulated, sequenceSeed, tally);
      }
    }
    return tally;
  }

  private void compare(DmaMapper simulated, long sequenceSeed, OutcomeCounts tally) {
    var calls = new RandomCalls(limits, memory.guestMemory(), sequenceSeed);
    var before = new StringBuilder();
    for (int i = 0; i < CALLS; i++) {
      RandomCalls.Call call = calls.next();
      before.append(call).append('\n');
      Outcome outcome = Outcome.of(real, call);
      assertEquals(
          outcome,
          Outcome.of(simulated, call).asFarAsKnownTo(outcome),
          () -> "the kernel and the simulation differ after\n" + before);
      tally.count(outcome);
    }
  }

  private static LinuxGuestMemory allocate() {
    try {
      return LinuxGuestMemory.allocate(
          List.of(GuestRange.ofLength(0, RandomCalls.MEMORY_PAGES * 4096L)),
          new MemoryBacking.Anonymous(false));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  /** With so few entries that the limit is met now and then. */
  private static VfioMapper open() {
    int before = KernelSettings.entryLimit();
    KernelSettings.limitEntries(6);
    try {
      return VfioMapper.open(GuestDevices.one(), GuestDevices.backend());
    } catch (HostRefusedException refusal) {
      throw new AssertionError(refusal);
    } finally {
      KernelSettings.limitEntries(before);
    }
  }
}
