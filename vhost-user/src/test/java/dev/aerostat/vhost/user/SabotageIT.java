package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.observer.Check;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** What the other tests check can fail: each way in which we might be wrong is seen. */
final class SabotageIT extends RealDriver {
  @Test
  void acknowledgingBeforeMappingIsSeenByTheGuestAndByTheObserver() throws Exception {
    try (var machine = Machine.start(MapBeforeAckIT.setup())) {
      machine.settle(64);
      var witness = new ReturnedMemory(machine);
      machine.balloon().sabotage(MapperSabotage.ACKNOWLEDGE_BEFORE_MAP);
      machine.target(56);
      machine.settle(56);
      assertThrows(AssertionFailedError.class, witness::assertMappedFirst);
      assertThrows(AssertionFailedError.class, () -> machine.agree(56));
      assertEquals(Check.ACK_BEFORE_MAP, machine.balloon().violations().getFirst().check());
    }
  }

  @Test
  void aLostPageOfAMessageIsSeenInTheCounts() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(16))) {
      machine.settle(16);
      machine.balloon().sabotage(MapperSabotage.LOSE_A_PAGE);
      machine.target(32);
      Backend.await("what the driver says", () -> Backend.actual(machine.balloon()) == 32 << 8);
      assertThrows(AssertionFailedError.class, () -> machine.agree(32));
      assertFalse(Machine.isSettled(machine.balloon(), 32));
    }
  }

  @Test
  void aStaleConfigIsSeenAsATargetNeverReached() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(16))) {
      machine.settle(16);
      machine.balloon().sabotage(MapperSabotage.STALE_CONFIG);
      machine.target(32);
      assertFalse(Backend.holdsWithin(2000, () -> Machine.isSettled(machine.balloon(), 32)));
      assertThrows(AssertionFailedError.class, () -> machine.agree(32));
      // The sabotage alone kept it from its target.
      machine.balloon().sabotage(MapperSabotage.NOTHING);
      machine.target(48);
      machine.settle(48);
      machine.agree(48);
    }
  }
}
