package dev.aerostat.vmm.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * What Ctrl-C and SIGTERM do while this is open: they call something, and Java ends only once this
 * is closed, so that the guest is taken apart in order and its report is printed.
 */
final class Interruption implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<Void> came = new CompletableFuture<>();
  private final Thread hook = new Thread(this::end, "interruption");

  private Interruption() {}

  static Interruption open() {
    var interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Sets what to call; at once if the interruption came before. */
  void calls(Runnable action) {
    var _ = came.thenRun(action);
  }

  private void end() {
    came.complete(null);
    try {
      closed.await();
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endsAlready) {
      // The hook has run.
    }
  }
}
