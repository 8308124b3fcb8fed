package dev.aerostat.engine.core;

import java.util.Arrays;
import java.util.List;

/** What must hold after every step, whatever guest, host and operator do. */
enum Rule {
  /** While the gate is open no page is guest-owned and unmapped. */
  GATE,
  /** {@code sync} opens the gate once all is mapped, and no sooner. */
  SYNC,
  /** A deflate is returned only after all of its pages are mapped, or as the policy says. */
  MAP_BEFORE_ACK,
  /** The host sees only legal calls, and no more at once than there are workers. */
  LEGAL_CALLS,
  /** While anything can be done something is under way, and all that can be answered is. */
  NEVER_WORSE,
  /** A reset takes effect with the gate closed or all mapped, then at once, then wholly. */
  RESET,
  /** A granule is in exactly one state. */
  ONE_STATE,
  /** A guest can make the books only so large, and is heard again once there is room. */
  BOUNDED_BOOKS,
  /** The target forces no deflate of what is not mapped, and is what it should be. */
  TARGET,
  /** At most one change of the target for each time that the pacing timer fires. */
  PACE,
  /** Gate first, pending deflates acknowledged, all unmapped, then silence. */
  CLOSE,
  /** A guest that asks for DMA too early is never ignored. */
  EARLY_DMA,
  /** Each refusal is reported once, and tried again after a rest that doubles. */
  REFUSALS,
  /** What a deflate waits for goes ahead of what nobody waits for. */
  DEMAND_FIRST,
  /**
   * Ballooned memory is mapped ahead in the order in which it is expected back, then pluggable
   * memory from the low end.
   */
  PRE_MAP,
  /** A plug is acknowledged only after all of its pages are mapped, and refused only at the end. */
  MAP_BEFORE_PLUG,
  /** The guest is asked to plug what is mapped from the low end, and no more than it is to have. */
  REQUESTED,
  /** Of each deflate that waits it is told once that it does, and once that it does no longer. */
  WAITS;

  /** Breaks the test unless a condition holds; says so with the values that matter. */
  void require(boolean holds, String otherwise, Object... values) {
    if (!holds) {
      throw new Broken(this, this + ": " + otherwise + " " + Arrays.toString(values));
    }
  }

  /** A rule does not hold. */
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1L;

    final Rule rule;

    private Broken(Rule rule, String message) {
      super(message);
      this.rule = rule;
    }

    /** Adds what happened before. */
    Broken after(Setup setup, List<String> log) {
      return new Broken(rule, getMessage() + "\n" + story(setup, log));
    }

    static String story(Setup setup, List<String> log) {
      List<String> last = log.subList(Math.max(0, log.size() - 60), log.size());
      return setup + "\nlast steps:\n" + String.join("\n", last);
    }
  }
}
