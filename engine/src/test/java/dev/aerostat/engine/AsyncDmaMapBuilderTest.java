package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What cannot work is refused before the guest starts, by name. */
final class AsyncDmaMapBuilderTest {
  private static final List<GuestRange> TWO_REGIONS =
      List.of(new GuestRange(0, 0x40_0000), new GuestRange(0x1_0000_0000L, 0x1_0040_0000L));

  private final EngineSettings settings =
      new EngineSettings(
          Strategy.ASYNC,
          0,
          true,
          1,
          0,
          MapFailurePolicy.HOLD,
          EarlyDmaPolicy.HOLD,
          ResetPolicy.HOLD_STATUS);

  @Test
  void aGuestMinimumLargerThanMemoryIsRefused() throws IOException {
    assertRefused(
        EngineFixture.FAST,
        settings.toBuilder().guestMinimumBytes(0x80_1000).build(),
        "8392704",
        "8388608");
    assertAccepted(EngineFixture.FAST, settings.toBuilder().guestMinimumBytes(0x80_0000).build());
  }

  @Test
  void aContainerWithoutRoomForAMappingARegionIsRefused() throws IOException {
    assertRefused(EngineFixture.FAST.withDmaEntryLimit(1), settings, "room for 1", "2 regions");
    assertRefused(
        EngineFixture.FAST.withDmaEntryLimit(10),
        settings.toBuilder().reservedEntries(9).build(),
        "9 are reserved");
    assertAccepted(
        EngineFixture.FAST.withDmaEntryLimit(10), settings.toBuilder().reservedEntries(8).build());
  }

  @Test
  void aGuestLargerThanTheProcessMayLockIsRefusedWithBothNumbersAndTheRemedy() throws IOException {
    var host = SimulatedHost.fromOptions(Map.of("memlock", "8388607"));
    assertRefused(host, settings, "8388607", "8388608", "RLIMIT_MEMLOCK", "CAP_IPC_LOCK");
    assertAccepted(SimulatedHost.fromOptions(Map.of("memlock", "8M")), settings);
  }

  @Test
  void theMapperOfABuildThatThrewIsStillItsCallersToUseAndToClose() throws Exception {
    try (SparseMemory ram = SparseMemory.allocate(TWO_REGIONS);
        var mapper =
            SimulatedMapper.open(EngineFixture.FAST, MapperRequest.of(ram.guestMemory()))) {
      var builder =
          AsyncDmaMap.builder(ram.guestMemory(), mapper, new TestGate())
              .tracker(
                  _ -> {
                    throw new IllegalStateException("a tracker's mistake, expected in this test");
                  });
      assertThrows(IllegalStateException.class, builder::build);
      assertDoesNotThrow(mapper::unmapAll, "the mapper is closed");
    }
  }

  @Test
  void aGateIsGivenSomeTimeToClose() throws Exception {
    try (SparseMemory ram = SparseMemory.allocate(TWO_REGIONS);
        var mapper =
            SimulatedMapper.open(EngineFixture.FAST, MapperRequest.of(ram.guestMemory()))) {
      var builder = AsyncDmaMap.builder(ram.guestMemory(), mapper, new TestGate());
      assertThrows(IllegalArgumentException.class, () -> builder.gatePatience(Duration.ZERO));
      assertDoesNotThrow(() -> builder.gatePatience(Duration.ofNanos(1)));
    }
  }

  @Test
  void memoryThatTheIommuCannotReachIsRefusedNamingRegionAndHole() throws IOException {
    assertRefused(
        EngineFixture.FAST.withIovaHole(new IovaRange(0x10_0000, 0x20_0000)),
        settings,
        "[0x0, 0x400000)",
        "[0x100000, 0x200000)");
  }

  @Test
  void memoryThatDoesNotFitTheIommusPagesIsRefused() throws IOException {
    assertRefused(EngineFixture.FAST.withPageSizes(0x80_0000), settings, "8388608");
  }

  private static void assertRefused(SimulatedHost host, EngineSettings settings, String... said)
      throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(TWO_REGIONS)) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> build(host, memory.guestMemory(), settings));
      for (String part : said) {
        assertTrue(String.valueOf(refusal.getMessage()).contains(part), refusal::getMessage);
      }
    }
  }

  private static void assertAccepted(SimulatedHost host, EngineSettings settings)
      throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(TWO_REGIONS)) {
      assertDoesNotThrow(() -> build(host, memory.guestMemory(), settings).close());
    }
  }

  private static AsyncDmaMap build(
      SimulatedHost host, GuestMemory memory, EngineSettings settings) {
    var mapper = SimulatedMapper.open(host, MapperRequest.of(memory));
    return AsyncDmaMap.builder(memory, mapper, new TestGate()).settings(settings).build();
  }
}
