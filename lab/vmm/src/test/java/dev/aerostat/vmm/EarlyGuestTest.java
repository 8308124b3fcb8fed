package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.vmm.bus.BusDevice;
import dev.aerostat.vmm.bus.GuestEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest asks for DMA too early, again and again, and the gate opens or does not. */
@Timeout(60)
final class EarlyGuestTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofMillis(20);

  private final List<CompletableFuture<Void>> pauses = new ArrayList<>();
  private final CompletableFuture<GuestEnd> end = new CompletableFuture<>();

  private EarlyGuest guest(EarlyDmaPolicy policy, Duration limit) {
    return new EarlyGuest(new EarlyDma(policy, limit), pauses::add, end::complete);
  }

  @Test
  void allPausesUntilTheGateOpensThatTheWriteWaitsFor() {
    var opening = new CompletableFuture<Void>();
    guest(EarlyDmaPolicy.PAUSE, NEVER).waits(opening);
    assertEquals(List.of(opening), pauses);
    assertFalse(opening.isDone(), "nobody but the gate says that it is open");
  }

  @Test
  void whereOnlyTheWriteIsHeldNothingPauses() {
    guest(EarlyDmaPolicy.HOLD, NEVER).waits(new CompletableFuture<>());
    guest(EarlyDmaPolicy.PLUG_LATE, NEVER).waits(new CompletableFuture<>());
    assertEquals(List.of(), pauses);
  }

  @Test
  void aGateThatDoesNotOpenEndsTheRunAndSaysWhatToDo() {
    var opening = new CompletableFuture<Void>();
    guest(EarlyDmaPolicy.PAUSE, SOON).waits(opening);
    GuestEnd how = end.join();
    assertEquals(GuestEnd.Kind.FAILURE, how.kind());
    assertTrue(how.how().contains("--early-dma-limit"), how::how);
    assertFalse(opening.isDone(), "the write stays held: its DMA would be lost");
  }

  @Test
  void aGateThatHasOpenedMeanwhileEndsNothing() {
    var other = new CompletableFuture<Void>();
    EarlyGuest guest = guest(EarlyDmaPolicy.PAUSE, SOON);
    guest.waits(BusDevice.DONE);
    assertFalse(end.isDone());
    assertTrue(pauses.getFirst().isDone(), "a pause that is over");
    guest.waits(other);
    assertTrue(end.join().how().contains("has not opened"), "of the one that waits still");
  }

  @Test
  void aLimitIsNeitherNothingNorWithoutAnEnd() {
    for (Duration limit : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(366))) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> new EarlyDma(EarlyDmaPolicy.HOLD, limit));
      assertTrue(
          String.valueOf(refusal.getMessage()).contains("waits for " + limit.toSeconds() + " s"));
    }
  }
}
