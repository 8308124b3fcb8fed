package dev.aerostat.observer;

import static dev.aerostat.observer.ObserverFixture.HIGH;
import static dev.aerostat.observer.ObserverFixture.HIGH_END;
import static dev.aerostat.observer.ObserverFixture.LOW_END;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.RefusalCause;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every check has a scenario that breaks just its rule, and one step less that breaks none. */
class ObserverSabotageTest {
  @ParameterizedTest
  @EnumSource
  void aBrokenRuleIsReportedAndNothingElse(Check check) {
    assertReported(check, ViolationLog::new);
  }

  @ParameterizedTest
  @EnumSource
  void theSameScenarioWithinTheRulesIsFine(Check check) {
    assertEquals(List.of(), play(check, false, ViolationLog::new).observer.firstViolations());
  }

  /** A check that cannot fail is not one: each is switched off, and its test must notice. */
  @ParameterizedTest
  @EnumSource
  void anObserverThatLetsARulePassFailsItsTest(Check check) {
    assertThrows(
        AssertionError.class, () -> assertReported(check, clock -> new DeafLog(clock, check)));
  }

  /** And one that cries for no reason. */
  @ParameterizedTest
  @EnumSource
  void anObserverThatReportsTwiceFailsItsTest(Check check) {
    assertThrows(AssertionError.class, () -> assertReported(check, StutteringLog::new));
  }

  private static void assertReported(Check check, Function<LongSupplier, ViolationLog> log) {
    Observer observer = play(check, true, log).observer;
    assertEquals(
        List.of(check), observer.firstViolations().stream().map(Violation::check).toList());
    assertEquals(1, observer.violations());
    String words = observer.firstViolations().getFirst().toString();
    assertTrue(words.startsWith("rule " + check.rule()), words);
  }

  private static ObserverFixture play(
      Check check, boolean broken, Function<LongSupplier, ViolationLog> log) {
    var rig =
        new ObserverFixture(
            check == Check.RETURNED_UNMAPPED
                ? MapFailurePolicy.CLOSE_GATE_AND_ACK
                : MapFailurePolicy.HOLD,
            log);
    switch (check) {
      case OPENED_UNMAPPED -> openGate(rig, broken);
      case RETURNED_UNMAPPED -> returnUnmapped(rig, broken);
      case UNMAPPED_IN_USE -> unmapInUse(rig, broken);
      case GATE_OUT_OF_TURN -> askGate(rig, broken);
      case ACK_BEFORE_MAP -> returnDeflate(rig, broken);
      case ACK_TWICE -> returnAgain(rig, broken);
      case ACK_OF_UNKNOWN -> returnUnknown(rig, broken);
      case LOST_MESSAGE -> lose(rig, broken);
      case MAP_OVERLAPS -> {
        rig.map(HIGH, HIGH + 512);
        rig.map(HIGH + (broken ? 511 : 512), HIGH + 600);
      }
      case MAP_OUTSIDE_RAM -> rig.map(HIGH + 512, broken ? HIGH_END + 1 : HIGH_END);
      case MAP_OF_WRONG_MEMORY ->
          rig.mapAt(HIGH, HIGH + 8, broken ? rig.host(HIGH + 1) : rig.host(HIGH));
      case TOO_MANY_MAPPINGS -> {
        for (int i = 0; i < (broken ? ObserverFixture.PLANNED + 1 : ObserverFixture.PLANNED); i++) {
          rig.map(HIGH + i, HIGH + i + 1);
        }
      }
      case MAP_OF_UNSURE -> mapAgain(rig, broken);
      case UNMAP_CUTS -> {
        rig.map(HIGH, HIGH + 4);
        rig.map(HIGH + 4, HIGH + 8);
        rig.unmap(HIGH, HIGH + (broken ? 6 : 8));
      }
      case UNMAP_OF_NOTHING -> {
        rig.map(HIGH, HIGH + 4);
        rig.unmap(HIGH + (broken ? 4 : 0), HIGH + 8);
      }
      case DISCARD_IN_USE -> {
        rig.balloon(0, HIGH, HIGH + 4);
        rig.discard(rig.host(HIGH), broken ? 5 : 4);
      }
      case DISCARD_MAPPED -> {
        rig.balloon(0, HIGH, HIGH + 4);
        rig.map(HIGH + (broken ? 3 : 4), HIGH + 8);
        rig.discard(rig.host(HIGH), 4);
      }
      case DISCARD_OUTSIDE_RAM -> {
        rig.balloon(0, HIGH, HIGH + 4);
        rig.discard(broken ? new HostAddress(0x1000) : rig.host(HIGH), 4);
      }
      case RESET_UNMAPPED -> reset(rig, broken);
    }
    return rig;
  }

  private static void mapAgain(ObserverFixture rig, boolean broken) {
    var lost =
        new HostRefusedException(
            HostOperation.MAP,
            HIGH << 12,
            8 << 12,
            Errno.EIO,
            new RefusalCause.Other("lost, in this test"),
            HostRefusedException.State.LOST);
    rig.refusal = Optional.of(lost);
    assertThrows(AssertionError.class, () -> rig.map(HIGH, HIGH + 8));
    rig.refusal = Optional.empty();
    if (!broken) {
      rig.unmap(HIGH, HIGH + 8);
    }
    rig.map(HIGH, HIGH + 8);
  }

  private static void openGate(ObserverFixture rig, boolean broken) {
    rig.balloon(0, HIGH, HIGH + 4);
    rig.map(0, LOW_END);
    rig.map(HIGH + (broken ? 5 : 4), HIGH_END);
    rig.openGate();
  }

  private static void openWithBallooned(ObserverFixture rig) {
    openGate(rig, false);
  }

  private static void returnUnmapped(ObserverFixture rig, boolean broken) {
    openWithBallooned(rig);
    rig.offerDeflate(0, HIGH, HIGH + 4);
    if (!broken) {
      rig.closeGate();
    }
    rig.returnDeflate(0);
  }

  private static void unmapInUse(ObserverFixture rig, boolean broken) {
    openWithBallooned(rig);
    if (!broken) {
      rig.closeGate();
    }
    rig.unmap(0, LOW_END);
  }

  private static void askGate(ObserverFixture rig, boolean broken) {
    openWithBallooned(rig);
    if (broken) {
      rig.openGate();
    } else {
      rig.closeGate();
    }
  }

  private static void returnDeflate(ObserverFixture rig, boolean broken) {
    rig.balloon(0, HIGH, HIGH + 4);
    rig.offerDeflate(0, HIGH, HIGH + 4);
    rig.map(HIGH, HIGH + (broken ? 3 : 4));
    rig.returnDeflate(0);
  }

  private static void returnAgain(ObserverFixture rig, boolean broken) {
    rig.balloon(0, HIGH, HIGH + 4);
    if (broken) {
      rig.inflate.giveBack(0);
    } else {
      rig.balloon(0, HIGH, HIGH + 4);
    }
    rig.observer.poll();
  }

  private static void returnUnknown(ObserverFixture rig, boolean broken) {
    if (broken) {
      rig.inflate.giveBack(5);
      rig.observer.poll();
    } else {
      rig.balloon(5, HIGH, HIGH + 4);
    }
  }

  private static void lose(ObserverFixture rig, boolean broken) {
    rig.inflate.offer(0, HIGH);
    if (!broken) {
      rig.inflate.giveBack(0);
    }
    var _ = rig.observer.finish();
  }

  private static void reset(ObserverFixture rig, boolean broken) {
    openWithBallooned(rig);
    if (!broken) {
      rig.map(HIGH, HIGH + 4);
    }
    rig.observer.resetCompleted();
  }

  private static final class DeafLog extends ViolationLog {
    private final Check unheard;

    private DeafLog(LongSupplier clock, Check unheard) {
      super(clock);
      this.unheard = unheard;
    }

    @Override
    void report(Check check, String detail) {
      if (check != unheard) {
        super.report(check, detail);
      }
    }
  }

  private static final class StutteringLog extends ViolationLog {
    private StutteringLog(LongSupplier clock) {
      super(clock);
    }

    @Override
    void report(Check check, String detail) {
      super.report(check, detail);
      super.report(check, detail);
    }
  }
}
