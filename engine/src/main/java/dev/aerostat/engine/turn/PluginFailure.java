package dev.aerostat.engine.turn;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;

/** What every runner makes of a mapper plugin that throws what it must not. */
public final class PluginFailure {
  private PluginFailure() {}

  /**
   * Makes a refusal of it, so that a plugin that breaks its contract does not take the engine's
   * books along.
   *
   * @param operation what was asked
   * @param start first address of the range
   * @param bytes the range's length
   * @param thrown what the plugin threw, which becomes the cause
   * @return a refusal that leaves nobody knows what
   */
  public static HostRefusedException refusal(
      HostOperation operation, long start, long bytes, Throwable thrown) {
    var refusal =
        new HostRefusedException(
            operation,
            start,
            bytes,
            Errno.EIO,
            new RefusalCause.Other("the mapper plugin failed: " + describe(thrown)),
            HostRefusedException.State.LOST);
    refusal.initCause(thrown);
    return refusal;
  }

  /**
   * Returns the message of a throwable.
   *
   * @param thrown by code that is not ours, whose own methods may throw
   * @return its text, or its type if it has none
   */
  @SuppressWarnings("CatchingUnchecked") // It may throw what it does not declare.
  public static String describe(Throwable thrown) {
    try {
      return thrown.toString();
    } catch (Throwable _) {
      return thrown.getClass().getName();
    }
  }
}
