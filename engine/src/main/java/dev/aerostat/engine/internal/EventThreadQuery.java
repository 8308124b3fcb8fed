package dev.aerostat.engine.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Something that another thread wants to know, answered by the event thread. */
final class EventThreadQuery<T> implements Runnable {
  private final Supplier<T> answer;
  private final CompletableFuture<T> answered = new CompletableFuture<>();

  EventThreadQuery(Supplier<T> answer) {
    this.answer = answer;
  }

  /** Answers, whatever the answer throws: somebody waits. */
  @Override
  @SuppressWarnings(
      "CatchingUnchecked") // A tracker of the VMM's may throw what it does not declare.
  public void run() {
    try {
      answered.complete(answer.get());
    } catch (Throwable broken) {
      answered.completeExceptionally(broken);
    }
  }

  /**
   * Waits for the answer.
   *
   * @throws IllegalStateException if it could not be given: the cause says why
   */
  T await() {
    try {
      return answered.join();
    } catch (CompletionException broken) {
      throw new IllegalStateException(
          "the engine cannot answer, for it or its tracker broke", broken.getCause());
    }
  }
}
