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

  /** The same with what went before. */
  BrokenClauseError after(String before) {
    return new BrokenClauseError("%s, after %s".formatted(getMessage(), before), this);
  }
}
