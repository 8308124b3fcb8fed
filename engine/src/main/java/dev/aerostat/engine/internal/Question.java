package dev.aerostat.engine.internal;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Something that another thread wants to know, answered by the event thread. */
final class Question<T> implements Runnable {
  private final Supplier<T> answer;
  private final CompletableFuture<T> answered = new CompletableFuture<>();

  Question(Supplier<T> answer) {
    this.answer = answer;
  }

  @Override
  public void run() {
    answered.complete(answer.get());
  }

  T await() {
    return answered.join();
  }
}
