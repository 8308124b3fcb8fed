package dev.aerostat.vmm.passthrough;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Gate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A guest asks for DMA, and the gate opens and closes meanwhile. */
final class HoldingGateTest {
  private final Deque<Runnable> changes = new ArrayDeque<>();
  private final List<String> events = new ArrayList<>();
  private boolean broken;

  private final HoldingGate gate =
      new HoldingGate(
          new Gate() {
            @Override
            public void open(Runnable done) {
              if (broken) {
                throw new IllegalStateException("broken");
              }
              changes.add(done);
            }

            @Override
            public void close(Runnable done) {
              changes.add(done);
            }
          });

  @Test
  void aWriteThatAsksForNothingGoesOn() {
    assertTrue(gate.held().isDone());
  }

  @Test
  void aWriteThatAsksTooEarlyIsHeldUntilTheGateHasOpened() {
    gate.wish();
    CompletableFuture<Void> held = gate.held();
    gate.open(() -> events.add("open"));
    assertFalse(held.isDone(), "the device may not do DMA yet");
    changes.remove().run();
    assertTrue(held.isDone());
    assertEquals(List.of("open"), events);
  }

  @Test
  void onlyTheWriteThatHasAskedIsHeld() {
    gate.wish();
    CompletableFuture<Void> first = gate.held();
    assertTrue(gate.held().isDone(), "another vCPU goes on");
    gate.wish();
    CompletableFuture<Void> second = gate.held();
    open();
    assertTrue(first.isDone() && second.isDone());
  }

  @Test
  void aWishThatTheOpeningOvertakesIsNotHeldForEver() {
    gate.wish();
    open();
    assertTrue(gate.held().isDone());
  }

  @Test
  void aGateThatHasClosedAgainHoldsUntilItsNextOpening() {
    open();
    gate.close(() -> events.add("closed"));
    gate.wish();
    CompletableFuture<Void> held = gate.held();
    changes.remove().run();
    assertFalse(held.isDone());
    open();
    assertTrue(held.isDone());
    assertEquals(List.of("open", "closed", "open"), events);
  }

  @Test
  void closingAGateThatHasNotOpenedForgetsNobody() {
    gate.wish();
    CompletableFuture<Void> held = gate.held();
    gate.close(() -> events.add("closed"));
    changes.remove().run();
    open();
    assertTrue(held.isDone());
  }

  @Test
  void aGateThatFailsToOpenLetsNobodyGo() {
    gate.wish();
    CompletableFuture<Void> held = gate.held();
    broken = true;
    assertThrows(IllegalStateException.class, () -> gate.open(() -> events.add("open")));
    assertFalse(held.isDone());
    assertEquals(List.of(), events);
  }

  private void open() {
    gate.open(() -> events.add("open"));
    changes.remove().run();
  }
}
