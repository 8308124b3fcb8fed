package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each check is broken once: by books that no sound engine keeps so. */
final class InvariantsTest {
  private static final int GRANULE_PAGES = 16;
  private static final int GRANULES = 4;
  private static final int TOKEN = 40; // Beyond the tokens that there is room for at first.

  private final Granules granules =
      Granules.of(Setup.memory(0, GRANULES * GRANULE_PAGES), Pages.toBytes(GRANULE_PAGES));
  private final BitSetTracker tracker = new BitSetTracker(granules);
  private final GranuleTable table = new GranuleTable(granules, tracker);
  private final GateKeeper gate = new GateKeeper(new IdleCommands() {});
  private final DeflateLedger ledger = new DeflateLedger(GRANULES);

  private Invariants invariants(CheckLevel level) {
    return new Invariants(granules, tracker, table, gate, ledger, PlugPlan.NONE, level);
  }

  private final String level = System.getProperty(CheckLevel.PROPERTY, "constant");

  @AfterEach
  void restoreTheLevel() {
    System.setProperty(CheckLevel.PROPERTY, level);
  }

  private void openGate() {
    gate.consider(true);
    gate.opened();
  }

  private void map(int granule) {
    table.beginMapping(granule);
    table.mapped(granule);
  }

  private static void assertBreaks(int rule, String seen, Executable check) {
    var broken = assertThrows(BrokenRuleException.class, check);
    String message = String.valueOf(broken.getMessage());
    assertTrue(message.startsWith("rule " + rule + " is broken ("), message);
    assertTrue(message.contains(seen), message);
  }

  // --- Constant ---------------------------------------------------------------------------------

  @Test
  void anOpenGateWithAPageThatIsNeitherMappedNorBalloonedNorLeavingBreaksRule1() {
    var invariants = invariants(CheckLevel.CONSTANT);
    map(0);
    map(1);
    long _ = tracker.inflate(32, 64, false);
    openGate();
    invariants.turnEnded();
    long _ = tracker.deflate(40, 41);
    invariants.leaving(TOKEN, 1);
    invariants.turnEnded();
    invariants.acknowledged(TOKEN);
    assertBreaks(
        1,
        "32 pages are not mapped, 31 are ballooned, 0 are leaving; the gate is open",
        invariants::turnEnded);
  }

  @Test
  void aGateThatOpensOrClosesIsNotYetClosed() {
    var invariants = invariants(CheckLevel.CONSTANT);
    gate.consider(true);
    assertBreaks(1, "the gate is opening", invariants::turnEnded);
    gate.opened();
    gate.wantClosed();
    gate.consider(false);
    assertBreaks(1, "the gate is closing", invariants::turnEnded);
    gate.closed();
    invariants.turnEnded();
  }

  @Test
  void aResetLeavesNothingThatIsLeaving() {
    var invariants = invariants(CheckLevel.CONSTANT);
    openGate();
    invariants.leaving(TOKEN, GRANULES * GRANULE_PAGES);
    invariants.turnEnded();
    invariants.reset();
    assertBreaks(1, "0 are leaving", invariants::turnEnded);
  }

  @Test
  void aMessageThatIsReturnedForAnUnmappedGranuleBreaksRule2() {
    var invariants = invariants(CheckLevel.CONSTANT);
    invariants.released(2, true);
    assertBreaks(2, "granule 2 ", () -> invariants.released(2, false));
    map(2);
    invariants.released(2, false);
  }

  @Test
  void aGranuleThatIsMappedTwiceBreaksRule7() {
    map(1);
    assertBreaks(7, "granule 1 ", () -> table.mapped(1));
    assertBreaks(7, "granule 1 ", () -> table.beginMapping(1));
  }

  // --- Linear -----------------------------------------------------------------------------------

  @Test
  void anUnmappedGranuleThatNobodyWaitsForBreaksRule1ThoughTheSumsFit() {
    var invariants = invariants(CheckLevel.PARANOID);
    map(0);
    map(1);
    long _ = tracker.inflate(0, 63, false); // All but one page, most of it mapped.
    openGate();
    assertDoesNotThrow(invariants(CheckLevel.CONSTANT)::turnEnded);
    assertBreaks(1, "granule 3 ", invariants::turnEnded);
    ledger.begin(0);
    ledger.await(0, 3);
    invariants.turnEnded();
  }

  @Test
  void aMessageThatWaitsForAMappedGranuleBreaksRule2() {
    var invariants = invariants(CheckLevel.PARANOID);
    ledger.begin(0);
    ledger.await(0, 1);
    invariants.turnEnded();
    map(1);
    assertBreaks(2, "granule 1 ", invariants::turnEnded);
  }

  @Test
  void aCountOfMappedGranulesThatIsNotTheirNumberBreaksRule7() {
    var invariants = invariants(CheckLevel.PARANOID);
    map(1);
    invariants.turnEnded();
    table.beginUnmappingAll(); // Counts on, as nothing is asked any more.
    assertBreaks(7, "0 granules are mapped, 1 count as mapped", invariants::turnEnded);
  }

  @Test
  void aLinearPassComesWhenTheGateMovesAndEach1024Turns() {
    var invariants = invariants(CheckLevel.LINEAR);
    ledger.begin(0);
    ledger.await(0, 1);
    map(1);
    for (int turn = 1; turn < 1_024; turn++) {
      invariants.turnEnded();
    }
    assertBreaks(2, "granule 1 ", invariants::turnEnded);
    long _ = tracker.inflate(0, 64, false);
    invariants.turnEnded();
    gate.consider(true);
    assertBreaks(2, "granule 1 ", invariants::turnEnded);
  }

  // --- The whole core ---------------------------------------------------------------------------

  @Test
  void aCoreWhoseTrackerTakesOnePageForAGranuleNamesTheRuleThatThisBreaks() {
    var core =
        new EngineCore(
            granules,
            Saboteurs.mostIsAll(tracker),
            Setup.plain(GRANULE_PAGES),
            new IdleCommands() {});
    core.start();
    assertBreaks(
        1,
        "64 pages are not mapped, 60 are ballooned",
        () -> {
          for (int granule = 0; granule < GRANULES; granule++) {
            core.inflated(granule * 16L, granule * 16L + 15, false);
            core.inflateMessageEnd(15);
          }
          core.turnEnded();
        });
  }

  @Test
  void aLevelThatDoesNotExistIsRefusedByName() {
    System.clearProperty(CheckLevel.PROPERTY);
    assertEquals(CheckLevel.CONSTANT, CheckLevel.configured());
    System.setProperty(CheckLevel.PROPERTY, "linear");
    assertEquals(CheckLevel.LINEAR, CheckLevel.configured());
    System.setProperty(CheckLevel.PROPERTY, "everything");
    var refused = assertThrows(IllegalArgumentException.class, CheckLevel::configured);
    assertEquals(
        "-Daerostat.check=everything: expected one of [constant, linear, paranoid]",
        refused.getMessage());
  }
}
