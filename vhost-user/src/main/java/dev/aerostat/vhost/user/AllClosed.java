package dev.aerostat.vhost.user;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closes several things, all of them, whatever one of them throws. */
final class AllClosed {
  private AllClosed() {}

  /** A thing that throws nothing checked when it is closed. */
  interface Closeable {
    void close();
  }

  /**
   * Closes in order.
   *
   * @throws RuntimeException the first failure, the others suppressed; an Error as well
   */
  @SuppressWarnings("ReferenceEquality") // Nothing may be suppressed by itself.
  static void close(List<Closeable> things) {
    @Nullable Throwable first = null;
    for (Closeable thing : things) {
      try {
        thing.close();
      } catch (RuntimeException | Error failure) {
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
