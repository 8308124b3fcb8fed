package dev.aerostat.vfio.user;

import dev.aerostat.memory.linux.socket.ThrowableText;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Why a future that is done has failed. */
final class Failure {
  private Failure() {}

  /** Returns what it was completed with; a cancellation if it was cancelled. */
  static Throwable of(CompletionStage<?> failed) {
    Throwable failure = failed.toCompletableFuture().handle((_, thrown) -> thrown).join();
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  static String text(CompletableFuture<?> failed) {
    return ThrowableText.of(of(failed));
  }
}
