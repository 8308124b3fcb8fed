package dev.aerostat.engine.internal;

import dev.aerostat.engine.turn.PluginFailure;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The engine's log, under one name: what an operator must know. It never throws, and no guest
 * decides how long it gets.
 */
final class SafeLog {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.engine");

  private SafeLog() {}

  static void log(Level level, String message) {
    log(level, message, null);
  }

  /** Logs what was thrown, whose own methods may throw in turn. */
  @SuppressWarnings("CatchingUnchecked") // Nothing may come of an attempt to log.
  static void log(Level level, String message, @Nullable Throwable thrown) {
    try {
      LOG.log(level, message, thrown);
    } catch (Throwable unloggable) {
      try {
        LOG.log(level, thrown == null ? message : message + ": " + PluginFailure.describe(thrown));
      } catch (Throwable _) {
        // Then the log is full, or the host out of memory: what must be done goes on.
      }
    }
  }
}
