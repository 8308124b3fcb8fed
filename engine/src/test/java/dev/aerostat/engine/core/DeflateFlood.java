package dev.aerostat.engine.core;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Granules;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.Pages;
import dev.aerostat.api.ResetPolicy;

/** A guest that sends deflates until no more are read: all of its memory in each, none mapped. */
final class DeflateFlood {
  private static final int GRANULES = 128;
  static final int MESSAGES = DeflateLedger.MAX_WAITS / GRANULES;

  private DeflateFlood() {}

  /** Floods; then the host answers all, or the engine closes first. */
  static EngineHarness run(Sabotage sabotage, boolean closes) {
    var harness = new EngineHarness(setup(), sabotage);
    harness.start();
    harness.inflated(0, GRANULES, true);
    harness.inflateMessageEnd(GRANULES);
    harness.turnEnded();
    harness.gateMoved();
    for (int token = 0; harness.acceptsDeflate(); token++) {
      harness.deflateBegin(token);
      harness.deflated(token, 0, GRANULES);
      harness.deflateEnd(token);
    }
    harness.turnEnded();
    Rule.BOUNDED_BOOKS.require(
        harness.guest.deflates.size() == MESSAGES, "messages", harness.guest.deflates.size());
    if (closes) {
      OrderlyShutdown.close(harness);
    } else {
      OrderlyShutdown.settle(harness);
    }
    Rule.BOUNDED_BOOKS.require(harness.takeWakeWanted(), "the device is not read again");
    return harness;
  }

  private static Setup setup() {
    return new Setup(
        Granules.of(Setup.memory(0, GRANULES), Pages.SIZE),
        new CoreSettings(
            true,
            false,
            0,
            4,
            true,
            1,
            MapFailurePolicy.HOLD,
            EarlyDmaPolicy.HOLD,
            ResetPolicy.HOLD_STATUS));
  }
}
