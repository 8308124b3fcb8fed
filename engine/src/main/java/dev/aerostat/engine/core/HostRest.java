package dev.aerostat.engine.core;

import dev.aerostat.api.RefusalCause;
import org.jspecify.annotations.Nullable;

/**
 * Lets the whole host rest once it has refused several granules in a row for one cause: the others
 * would be refused too, and each try populates memory first. After a rest one granule is tried
 * alone; if that is refused, the next rest is longer. A map that succeeds ends it all.
 */
final class HostRest {
  /** The timer that ends a rest. */
  static final int TIMER = -2;

  /** So many refusals in a row are no accident of the granules. */
  static final int REFUSALS_IN_A_ROW = 4;

  private final EngineCommands commands;
  private @Nullable Class<? extends RefusalCause> cause;
  private int inARow;
  private int rests;
  private boolean resting;

  HostRest(EngineCommands commands) {
    this.commands = commands;
  }

  void refused(RefusalCause reason) {
    inARow = reason.getClass().equals(cause) || isTrying() ? inARow + 1 : 1;
    cause = reason.getClass();
    if (isTrying() && !resting) {
      resting = true;
      rests++;
      commands.startTimer(TIMER, RetrySchedule.restNanos(concernsTheHost(reason) ? rests : 1));
    }
  }

  void succeeded() {
    inARow = 0;
    rests = 0;
  }

  void ended() {
    resting = false;
  }

  /** Returns whether nothing new may begin. */
  boolean isResting() {
    return resting && isTrying();
  }

  /** Returns whether no more than one granule may be under way. */
  boolean isTrying() {
    return inARow >= REFUSALS_IN_A_ROW;
  }

  /** What is wrong with one range may be right with the next: that is soon known. */
  private static boolean concernsTheHost(RefusalCause reason) {
    return switch (reason) {
      case RefusalCause.EntryLimit _,
          RefusalCause.MemoryLockLimit _,
          RefusalCause.OutOfMemory _,
          RefusalCause.NotAttached _,
          RefusalCause.GroupNotViable _,
          RefusalCause.GroupBusy _,
          RefusalCause.NoPermission _,
          RefusalCause.Other _ ->
          true;
      case RefusalCause.Overlap _,
          RefusalCause.IovaHole _,
          RefusalCause.Misaligned _,
          RefusalCause.BadHostAddress _,
          RefusalCause.WouldSplit _,
          RefusalCause.NotMapped _ ->
          false;
    };
  }
}
