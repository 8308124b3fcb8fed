package dev.aerostat.engine.internal;

import java.lang.System.Logger.Level;

/** Logs what was thrown, whose own methods may throw in turn. */
final class SafeLog {
  private static final System.Logger LOG = System.getLogger(SafeLog.class.getName());

  private SafeLog() {}

  @SuppressWarnings("CatchingUnchecked") // Nothing may come of an attempt to log.
  static void log(Level level, String message, Throwable thrown) {
    try {
      LOG.log(level, message, thrown);
    } catch (Throwable unloggable) {
      try {
        LOG.log(level, message + ": " + describe(thrown));
      } catch (Throwable _) {
        // Then the log is full, or the host out of memory: what must be done goes on.
      }
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
