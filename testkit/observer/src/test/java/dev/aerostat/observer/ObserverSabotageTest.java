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
    var fixture =
        new ObserverFixture(
            check == Check.RETURNED_UNMAPPED
                ? MapFailurePolicy.CLOSE_GATE_AND_ACK
                : MapFailurePolicy.HOLD,
            log);
    switch (check) {
      case OPENED_UNMAPPED -> openGate(fixture, broken);
      case RETURNED_UNMAPPED -> returnUnmapped(fixture, broken);
      case UNMAPPED_IN_USE -> unmapInUse(fixture, broken);
      case GATE_OUT_OF_TURN -> askGate(fixture, broken);
      case ACK_BEFORE_MAP -> returnDeflate(fixture, broken);
      case ACK_TWICE -> returnAgain(fixture, broken);
      case ACK_OF_UNKNOWN -> returnUnknown(fixture, broken);
      case PLUG_BEFORE_MAP -> plug(fixture, broken);
      case WRONG_ANSWER -> plugTwice(fixture, broken);
      case LOST_MESSAGE -> lose(fixture, broken);
      case MAP_OVERLAPS -> {
        fixture.map(HIGH, HIGH + 512);
        fixture.map(HIGH + (broken ? 511 : 512), HIGH + 600);
      }
      case MAP_OUTSIDE_RAM -> fixture.map(HIGH + 512, broken ? HIGH_END + 1 : HIGH_END);
      case MAP_OF_WRONG_MEMORY ->
          fixture.mapAt(HIGH, HIGH + 8, broken ? fixture.host(HIGH + 1) : fixture.host(HIGH));
      case TOO_MANY_MAPPINGS -> {
        for (int i = 0; i < (broken ? ObserverFixture.PLANNED + 1 : ObserverFixture.PLANNED); i++) {
          fixture.map(HIGH + i, HIGH + i + 1);
        }
      }
      case MAP_OF_UNSURE -> mapAgain(fixture, broken);
      case UNMAP_CUTS -> {
        fixture.map(HIGH, HIGH + 4);
        fixture.map(HIGH + 4, HIGH + 8);
        fixture.unmap(HIGH, HIGH + (broken ? 6 : 8));
      }
      case UNMAP_OF_NOTHING -> {
        fixture.map(HIGH, HIGH + 4);
        fixture.unmap(HIGH + (broken ? 4 : 0), HIGH + 8);
      }
      case DISCARD_IN_USE -> {
        fixture.balloon(0, HIGH, HIGH + 4);
        fixture.discard(fixture.host(HIGH), broken ? 5 : 4);
      }
      case DISCARD_MAPPED -> {
        fixture.balloon(0, HIGH, HIGH + 4);
        fixture.map(HIGH + (broken ? 3 : 4), HIGH + 8);
        fixture.discard(fixture.host(HIGH), 4);
      }
      case DISCARD_OUTSIDE_RAM -> {
        fixture.balloon(0, HIGH, HIGH + 4);
        fixture.discard(broken ? new HostAddress(0x1000) : fixture.host(HIGH), 4);
      }
      case RESET_UNMAPPED -> reset(fixture, broken);
    }
    return fixture;
  }

  private static void mapAgain(ObserverFixture fixture, boolean broken) {
    var lost =
        new HostRefusedException(
            HostOperation.MAP,
            HIGH << 12,
            8 << 12,
            Errno.EIO,
            new RefusalCause.Other("lost, in this test"),
            HostRefusedException.State.LOST);
    fixture.refusal = Optional.of(lost);
    assertThrows(AssertionError.class, () -> fixture.map(HIGH, HIGH + 8));
    fixture.refusal = Optional.empty();
    if (!broken) {
      fixture.unmap(HIGH, HIGH + 8);
    }
    fixture.map(HIGH, HIGH + 8);
  }

  private static void openGate(ObserverFixture fixture, boolean broken) {
    fixture.balloon(0, HIGH, HIGH + 4);
    fixture.map(0, LOW_END);
    fixture.map(HIGH + (broken ? 5 : 4), HIGH_END);
    fixture.openGate();
  }

  private static void openWithBallooned(ObserverFixture fixture) {
    openGate(fixture, false);
  }

  private static void returnUnmapped(ObserverFixture fixture, boolean broken) {
    openWithBallooned(fixture);
    fixture.offerDeflate(0, HIGH, HIGH + 4);
    if (!broken) {
      fixture.closeGate();
    }
    fixture.returnDeflate(0);
  }

  private static void unmapInUse(ObserverFixture fixture, boolean broken) {
    openWithBallooned(fixture);
    if (!broken) {
      fixture.closeGate();
    }
    fixture.unmap(0, LOW_END);
  }

  private static void askGate(ObserverFixture fixture, boolean broken) {
    openWithBallooned(fixture);
    if (broken) {
      fixture.openGate();
    } else {
      fixture.closeGate();
    }
  }

  private static void returnDeflate(ObserverFixture fixture, boolean broken) {
    fixture.balloon(0, HIGH, HIGH + 4);
    fixture.offerDeflate(0, HIGH, HIGH + 4);
    fixture.map(HIGH, HIGH + (broken ? 3 : 4));
    fixture.returnDeflate(0);
  }

  private static void plug(ObserverFixture fixture, boolean broken) {
    fixture.withholdTop();
    fixture.map(0, LOW_END);
    fixture.map(HIGH, ObserverFixture.TOP);
    fixture.openGate();
    fixture.offerPlug(0, ObserverFixture.TOP, 2);
    fixture.map(ObserverFixture.TOP, ObserverFixture.TOP + (broken ? 255 : 256));
    fixture.answerPlug(0, 0);
  }

  private static void plugTwice(ObserverFixture fixture, boolean broken) {
    plug(fixture, false);
    fixture.offerPlug(2, ObserverFixture.TOP + 128, 1);
    fixture.answerPlug(2, broken ? 0 : 3);
  }

  private static void returnAgain(ObserverFixture fixture, boolean broken) {
    fixture.balloon(0, HIGH, HIGH + 4);
    if (broken) {
      fixture.inflate.giveBack(0);
    } else {
      fixture.balloon(0, HIGH, HIGH + 4);
    }
    fixture.observer.poll();
  }

  private static void returnUnknown(ObserverFixture fixture, boolean broken) {
    if (broken) {
      fixture.inflate.giveBack(5);
      fixture.observer.poll();
    } else {
      fixture.balloon(5, HIGH, HIGH + 4);
    }
  }

  private static void lose(ObserverFixture fixture, boolean broken) {
    fixture.inflate.offer(0, HIGH);
    if (!broken) {
      fixture.inflate.giveBack(0);
    }
    var _ = fixture.observer.finish();
  }

  private static void reset(ObserverFixture fixture, boolean broken) {
    openWithBallooned(fixture);
    if (!broken) {
      fixture.map(HIGH, HIGH + 4);
    }
    fixture.observer.resetCompleted();
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
