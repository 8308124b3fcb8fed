package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FloodTest {
  @Test
  void deflatesBeyondTheBoundAreLeftInTheirQueueUntilThereIsRoom() {
    EngineHarness harness = Flood.run(Sabotage.none(), false);
    assertTrue(harness.guest.deflates.isEmpty());
    assertTrue(harness.acceptsDeflate());
    assertEquals(Flood.MESSAGES, harness.core.counters().deflateMessages());
  }

  @Test
  void closeReadsWhatWasLeftInTheQueue() {
    assertTrue(Flood.run(Sabotage.none(), true).guest.deflates.isEmpty());
  }
}
