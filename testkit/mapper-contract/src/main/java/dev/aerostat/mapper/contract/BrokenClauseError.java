package dev.aerostat.mapper.contract;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A mapper did other than it must. */
final class BrokenClauseError extends AssertionError {
  private static final long serialVersionUID = 1L;

  private BrokenClauseError(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static void unlessEqual(String what, Object expected, Object seen) {
    if (!Objects.equals(expected, seen)) {
      throw of(what, expected, seen);
    }
  }

  static BrokenClauseError of(String what, Object expected, @Nullable Object seen) {
    return new BrokenClauseError("%s: expected %s, saw %s".formatted(what, expected, seen), null);
  }

  /** The same for something that was thrown, which is kept as the cause. */
  static BrokenClauseError thrown(String what, Object expected, Throwable seen) {
    return new BrokenClauseError(
        "%s: expected %s, saw %s".formatted(what, expected, textOf(seen)), seen);
  }

  /** Returns the message of a mapper's throwable, or its type if that throws as well. */
  @SuppressWarnings("CatchingUnchecked") // It may throw what it does not declare.
  static String textOf(Throwable thrown) {
    try {
      return thrown.toString();
    } catch (Throwable _) {
      return thrown.getClass().getName();
    }
  }

  /** The same with what went before. */
  BrokenClauseError after(String before) {
    return new BrokenClauseError("%s, after %s".formatted(getMessage(), before), this);
  }
}
