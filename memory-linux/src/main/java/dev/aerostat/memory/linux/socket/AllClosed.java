package dev.aerostat.memory.linux.socket;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closes several things, all of them, whatever one of them throws. */
public final class AllClosed {
  private AllClosed() {}

  /** A thing that throws nothing checked when it is closed. */
  public interface Closeable {
    /** Closes it. */
    void close();
  }

  /**
   * Closes in order.
   *
   * @param things to be closed
   * @throws RuntimeException the first failure, the others suppressed; an Error as well. What was
   *     thrown undeclared is its cause
   */
  @SuppressWarnings({
    "ReferenceEquality", // Nothing may be suppressed by itself.
    "CatchingUnchecked" // A thing may throw what it does not declare.
  })
  public static void close(List<Closeable> things) {
    @Nullable Throwable first = null;
    for (Closeable thing : things) {
      try {
        thing.close();
      } catch (Throwable failure) {
        if (first == null) {
          first = failure;
        } else if (first != failure) {
          first.addSuppressed(failure);
        }
      }
    }
    switch (first) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException failure -> throw failure;
      default -> throw new IllegalStateException(first);
    }
  }
}
