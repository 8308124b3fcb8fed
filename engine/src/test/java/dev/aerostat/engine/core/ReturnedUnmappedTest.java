package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.Pages;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.engine.core.EngineHarness.GatePhase;
import org.junit.jupiter.api.Test;

/**
 * A host that refuses the last granule, and deflates of it that are returned with the gate closed:
 * from then on the page is the guest's, whatever it said meanwhile.
 */
final class ReturnedUnmappedTest {
  private static final int GRANULE_PAGES = 16;
  private static final int PAGES = 64;
  private static final int REFUSED = 3;
  private static final int FIRST = REFUSED * GRANULE_PAGES;

  private final EngineHarness harness = new EngineHarness(setup(), Sabotage.none());

  private static Setup setup() {
    GuestMemory memory = Setup.memory(0, PAGES);
    return new Setup(
        Granules.of(memory, Pages.toBytes(GRANULE_PAGES)),
        new CoreSettings(
            true,
            true,
            0,
            1,
            false,
            GRANULE_PAGES,
            MapFailurePolicy.CLOSE_GATE_AND_ACK,
            EarlyDmaPolicy.HOLD,
            ResetPolicy.HOLD_STATUS));
  }

  /** The last granule is ballooned, all others are mapped, the gate is open. */
  private void openWithTheLastBallooned() {
    harness.start();
    inflate(FIRST, PAGES);
    harness.turnEnded();
    while (harness.gate == GatePhase.CLOSED) {
      answer(harness.host.inFlight.getFirst());
    }
    harness.gateMoved();
    assertEquals(GatePhase.OPEN, harness.gate);
  }

  /** Answers as a host does that never maps the last granule. */
  private void answer(PendingCall call) {
    if (call.granule() == REFUSED) {
      harness.refuse(call);
    } else {
      harness.succeed(call);
    }
  }

  private void answerAll() {
    while (!harness.host.inFlight.isEmpty()) {
      answer(harness.host.inFlight.getFirst());
    }
  }

  private void inflate(int first, int end) {
    harness.inflated(first, end, false);
    harness.inflateMessageEnd(end - first);
  }

  private void deflate(int token, int first, int end) {
    harness.deflateBegin(token);
    harness.deflated(token, first, end);
    harness.deflateEnd(token);
  }

  @Test
  void theGateStaysClosedForAPageThatIsInflatedAgainWhileItsDeflateWaits() {
    openWithTheLastBallooned();
    answerAll();
    deflate(0, FIRST, FIRST + 1);
    harness.turnEnded();
    assertEquals(GatePhase.CLOSING, harness.gate);
    inflate(FIRST, FIRST + 1);
    harness.turnEnded();
    harness.gateMoved();
    assertEquals(GatePhase.CLOSED, harness.gate, "the page is the guest's, and unmapped");
    OrderlyShutdown.settle(harness);
  }

  @Test
  void theGateStaysClosedForAPageThatIsInflatedAgainWhileItsDeflateWaitsForAnother() {
    openWithTheLastBallooned();
    answerAll();
    deflate(0, FIRST, FIRST + 1);
    harness.turnEnded();
    harness.gateMoved();
    assertEquals(GatePhase.CLOSED, harness.gate);
    // The next is read in two parts, and its page is inflated again in between.
    harness.deflateBegin(1);
    harness.deflated(1, FIRST + 1, FIRST + 2);
    harness.turnEnded();
    inflate(FIRST, FIRST + 2);
    harness.deflateEnd(1);
    harness.turnEnded();
    assertEquals(GatePhase.CLOSED, harness.gate, "the page is the guest's, and unmapped");
    OrderlyShutdown.settle(harness);
  }

  @Test
  void theGateOpensAgainForAPageThatIsInflatedAgainOnceItsDeflateWasReturned() {
    openWithTheLastBallooned();
    answerAll();
    deflate(0, FIRST, FIRST + 1);
    harness.turnEnded();
    harness.gateMoved();
    assertEquals(GatePhase.CLOSED, harness.gate);
    inflate(FIRST, FIRST + 1);
    harness.turnEnded();
    assertEquals(GatePhase.OPENING, harness.gate);
    harness.gateMoved();
    OrderlyShutdown.settle(harness);
  }
}
