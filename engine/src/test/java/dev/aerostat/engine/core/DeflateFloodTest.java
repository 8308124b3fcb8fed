package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeflateFloodTest {
  @Test
  void deflatesBeyondTheBoundAreLeftInTheirQueueUntilThereIsRoom() {
    EngineHarness harness = DeflateFlood.run(Sabotage.none(), false);
    assertTrue(harness.guest.deflates.isEmpty());
    assertTrue(harness.acceptsDeflate());
    assertEquals(DeflateFlood.MESSAGES, harness.core.counters().deflateMessages());
  }

  @Test
  void closeReadsWhatWasLeftInTheQueue() {
    assertTrue(DeflateFlood.run(Sabotage.none(), true).guest.deflates.isEmpty());
  }
}
