package dev.aerostat.engine.core;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.Arrays;

/**
 * Checks in production that rules 1, 2 and 7 hold. A breach is an exception that names the rule, so
 * the engine fails safe: it closes the gate and trusts its books no more.
 *
 * <p>Rule 1 is checked by a sum of books that are kept apart: while DMA may happen, what is not
 * mapped is no more than what the tracker has in the balloon and what has left it in messages that
 * are not acknowledged. Of pluggable memory it holds whether DMA may happen or not: no more is
 * plugged than is mapped.
 */
final class Invariants {
  private static final String OWNED_IS_MAPPED =
      "while the gate is open no page is guest-owned and unmapped";
  private static final String MAP_BEFORE_ACK =
      "a deflate is acknowledged only after its pages are mapped";
  private static final String MAP_BEFORE_PLUG =
      "a plug is acknowledged only after its pages are mapped";
  static final String ONE_STATE = "a granule is in exactly one state";

  private static final int TURNS_A_PASS = 1_024;

  private final Granules granules;
  private final BalloonTracker tracker;
  private final GranuleTable table;
  private final GateKeeper gate;
  private final DeflateLedger ledger;
  private final PlugPlan pluggable;
  private final CheckLevel level;

  private long[] leavingOf = new long[16];
  private long leavingPages;
  private long pluggedPages;
  private int turns;
  private boolean wasClosed = true;

  Invariants(
      Granules granules,
      BalloonTracker tracker,
      GranuleTable table,
      GateKeeper gate,
      DeflateLedger ledger,
      PlugPlan pluggable,
      CheckLevel level) {
    this.granules = granules;
    this.tracker = tracker;
    this.table = table;
    this.gate = gate;
    this.ledger = ledger;
    this.pluggable = pluggable;
    this.level = level;
  }

  // --- What has left the balloon and is not back with the guest ---------------------------------

  /** Called when pages left the balloon, unmapped, in a message that waits for their map. */
  void leaving(int token, long pages) {
    if (token >= leavingOf.length) {
      leavingOf = Arrays.copyOf(leavingOf, Integer.highestOneBit(token) * 2);
    }
    leavingOf[token] += pages;
    leavingPages += pages;
  }

  /** Called when a message is acknowledged. */
  void acknowledged(int token) {
    if (token < leavingOf.length) {
      leavingPages -= leavingOf[token];
      leavingOf[token] = 0;
    }
  }

  /** Called when a reset took effect: no message is left. */
  void reset() {
    Arrays.fill(leavingOf, 0);
    leavingPages = 0;
  }

  // --- Constant ---------------------------------------------------------------------------------

  /**
   * Called before messages stop waiting for a granule.
   *
   * @param unmappedIsSafe whether they may be acknowledged though it is not mapped
   */
  void released(int granule, boolean unmappedIsSafe) {
    if (!table.isMapped(granule) && !unmappedIsSafe) {
      throw new BrokenRuleException(
          2,
          MAP_BEFORE_ACK,
          "granule %d %s is not mapped, the gate is %s"
              .formatted(granule, granules.range(granule), gate));
    }
  }

  /** Called for each granule of a plug before that is acknowledged. */
  void plugged(int granule) {
    if (!table.isMapped(granule)) {
      throw new BrokenRuleException(
          2,
          MAP_BEFORE_PLUG,
          "granule %d %s is not mapped".formatted(granule, granules.range(granule)));
    }
  }

  /** Called when the guest has plugged or unplugged; {@code pages} is what it has now. */
  void setPlugged(long pages) {
    pluggedPages = pages;
  }

  /** Called at the end of each turn. */
  void turnEnded() {
    requireOwnedIsMapped();
    requirePluggedIsMapped();
    requireSumsFit();
    if (level == CheckLevel.CONSTANT) {
      return;
    }
    boolean moved = wasClosed != gate.isClosed();
    wasClosed = gate.isClosed();
    if (level == CheckLevel.PARANOID || moved || ++turns % TURNS_A_PASS == 0) {
      requireEveryGranuleIsRight();
    }
  }

  private void requireOwnedIsMapped() {
    long unmapped = table.bootUnmappedPages();
    if (!gate.isClosed() && unmapped > tracker.pages() + leavingPages) {
      throw new BrokenRuleException(
          1,
          OWNED_IS_MAPPED,
          "%d pages are not mapped, %d are ballooned, %d are leaving; the gate is %s"
              .formatted(unmapped, tracker.pages(), leavingPages, gate));
    }
  }

  private void requirePluggedIsMapped() {
    if (pluggedPages < 0 || pluggedPages > table.pluggableMappedPages()) {
      throw new BrokenRuleException(
          1,
          OWNED_IS_MAPPED,
          "%d pages are plugged, and %d of those that may be are mapped"
              .formatted(pluggedPages, table.pluggableMappedPages()));
    }
  }

  private void requireSumsFit() {
    long unmapped = table.unmappedPages();
    int mapped = table.mapped();
    boolean all = mapped == granules.count();
    if (mapped < 0 || mapped > granules.count() || unmapped < 0 || all != (unmapped == 0)) {
      throw new BrokenRuleException(
          7,
          ONE_STATE,
          "%d of %d granules count as mapped and %d pages as unmapped"
              .formatted(mapped, granules.count(), unmapped));
    }
  }

  // --- Linear -----------------------------------------------------------------------------------

  private void requireEveryGranuleIsRight() {
    int mapped = 0;
    for (int granule = 0; granule < granules.count(); granule++) {
      if (table.isMapped(granule)) {
        mapped++;
        requireNobodyWaits(granule);
      } else if (!gate.isClosed() && !pluggable.contains(granule)) {
        requireBalloonedOrLeaving(granule);
      }
    }
    if (mapped != table.mapped()) {
      throw new BrokenRuleException(
          7,
          ONE_STATE,
          "%d granules are mapped, %d count as mapped".formatted(mapped, table.mapped()));
    }
  }

  private void requireNobodyWaits(int granule) {
    if (ledger.hasWaiters(granule)) {
      throw new BrokenRuleException(
          2,
          MAP_BEFORE_ACK,
          "a message waits for granule %d %s, which is mapped"
              .formatted(granule, granules.range(granule)));
    }
  }

  private void requireBalloonedOrLeaving(int granule) {
    if (!table.isWhollyBallooned(granule) && !ledger.hasWaiters(granule)) {
      throw new BrokenRuleException(
          1,
          OWNED_IS_MAPPED,
          "granule %d %s is not mapped, has pages outside the balloon, and no message waits for it"
              .formatted(granule, granules.range(granule)));
    }
  }
}
