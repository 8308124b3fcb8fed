package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.mapper.spi.MapperLimits;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
  private static final long GIB = 1L << 30;
  private static final EngineSettings SETTINGS =
      new EngineSettings(
          Strategy.ASYNC,
          GIB,
          true,
          2,
          32,
          MapFailurePolicy.HOLD,
          EarlyDmaPolicy.HOLD,
          ResetPolicy.HOLD_STATUS);

  @Test
  void theUsualGuestMinimumIsASixtyFourthAndAGibibyteAtMostHalf() {
    assertEquals(7 * GIB, EngineSettings.usualGuestMinimumBytes(384 * GIB));
    assertEquals(GIB + GIB / 8, EngineSettings.usualGuestMinimumBytes(8 * GIB));
    assertEquals(GIB / 2, EngineSettings.usualGuestMinimumBytes(GIB));
    assertEquals(4096, EngineSettings.usualGuestMinimumBytes(3 * 4096));
  }

  @Test
  void theUsualSettingsPreMapWithOneThreadAndHold() throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(List.of(new GuestRange(0, GIB)))) {
      EngineSettings usual = EngineSettings.forMemory(memory.guestMemory());
      assertEquals(
          SETTINGS.toBuilder().guestMinimumBytes(GIB / 2).prefaultThreads(1).build(), usual);
    }
  }

  @Test
  void eachCanBeChangedAlone() {
    assertEquals(Strategy.SYNC, SETTINGS.toBuilder().strategy(Strategy.SYNC).build().strategy());
    assertEquals(4096, SETTINGS.toBuilder().guestMinimumBytes(4096).build().guestMinimumBytes());
    assertFalse(SETTINGS.toBuilder().preMap(false).build().preMap());
    assertEquals(256, SETTINGS.toBuilder().prefaultThreads(256).build().prefaultThreads());
    assertEquals(0, SETTINGS.toBuilder().reservedEntries(0).build().reservedEntries());
    EngineSettings other =
        SETTINGS.toBuilder()
            .mapFailurePolicy(MapFailurePolicy.CLOSE_GATE_AND_ACK)
            .earlyDmaPolicy(EarlyDmaPolicy.PAUSE)
            .resetPolicy(ResetPolicy.CLOSE_GATE)
            .build();
    assertEquals(MapFailurePolicy.CLOSE_GATE_AND_ACK, other.mapFailurePolicy());
    assertEquals(EarlyDmaPolicy.PAUSE, other.earlyDmaPolicy());
    assertEquals(ResetPolicy.CLOSE_GATE, other.resetPolicy());
    assertEquals(
        SETTINGS,
        other.toBuilder()
            .mapFailurePolicy(MapFailurePolicy.HOLD)
            .earlyDmaPolicy(EarlyDmaPolicy.HOLD)
            .resetPolicy(ResetPolicy.HOLD_STATUS)
            .build());
  }

  @Test
  void aNumberOutOfItsRangeIsNamed() {
    assertRefused(
        "guest minimum must be 0 or more and a multiple of 4096, not -4096",
        () -> SETTINGS.toBuilder().guestMinimumBytes(-4096).build());
    assertRefused(
        "guest minimum must be 0 or more and a multiple of 4096, not 4097",
        () -> SETTINGS.toBuilder().guestMinimumBytes(4097).build());
    assertRefused(
        "prefault threads must be 1 to 256, not 0",
        () -> SETTINGS.toBuilder().prefaultThreads(0).build());
    assertRefused(
        "prefault threads must be 1 to 256, not 257",
        () -> SETTINGS.toBuilder().prefaultThreads(257).build());
    assertRefused(
        "reserved entries must be 0 or more, not -1",
        () -> SETTINGS.toBuilder().reservedEntries(-1).build());
  }

  @Test
  void theCoreGetsPagesAndWhatTheMapperAllows() {
    CoreSettings core = CoreSettings.of(SETTINGS, limits(true));
    assertTrue(core.async());
    assertEquals(GIB / 4096, core.guestMinimumPages());
    assertEquals(2, core.workers());
    assertTrue(core.concurrentMaps());
    assertEquals(8192, core.slicePages());
    assertFalse(
        CoreSettings.of(SETTINGS.toBuilder().strategy(Strategy.SYNC).build(), limits(false))
            .async());
    assertFalse(CoreSettings.of(SETTINGS, limits(false)).concurrentMaps());
  }

  private static MapperLimits limits(boolean concurrentMaps) {
    return new MapperLimits(4096, 100, List.of(new IovaRange(0, GIB)), concurrentMaps);
  }

  private static void assertRefused(String message, Supplier<EngineSettings> settings) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, settings::get).getMessage());
  }
}
