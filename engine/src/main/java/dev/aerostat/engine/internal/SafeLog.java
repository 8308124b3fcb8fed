package dev.aerostat.engine.internal;

import java.lang.System.Logger.Level;

/**
 * The engine's log, under one name: what an operator must know. It never throws, and no guest
 * decides how long it gets.
 */
final class SafeLog {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.engine");

  private SafeLog() {}

  @SuppressWarnings("CatchingUnchecked") // Nothing may come of an attempt to log.
  static void log(Level level, String message) {
    try {
      LOG.log(level, message);
    } catch (Throwable _) {
      // Then the log is full, or the host out of memory: what must be done goes on.
    }
  }

  /** Logs what was thrown, whose own methods may throw in turn. */
  @SuppressWarnings("CatchingUnchecked")
  static void log(Level level, String message, Throwable thrown) {
    try {
      LOG.log(level, message, thrown);
    } catch (Throwable unloggable) {
      log(level, message + ": " + describe(thrown));
    }
  }

  /** Returns what a throwable says of itself, or its type if it cannot. */
  @SuppressWarnings("CatchingUnchecked") // A plugin's exception may throw what it does not declare.
  static String describe(Throwable thrown) {
    try {
      return thrown.toString();
    } catch (Throwable _) {
      return thrown.getClass().getName();
    }
  }
}
