package dev.aerostat.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Waits for longer than a loaded machine takes. A wait that was in vain reports what was seen: the
 * state of the test's own world, by its {@code toString}, and where each thread was.
 */
final class Patience {
  private static final long PATIENCE_SECONDS = 60;

  private Patience() {}

  static <T extends @Nullable Object> T get(String what, Future<T> future, Object seen)
      throws ExecutionException, InterruptedException {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw inVain(what, seen);
    }
  }

  static void await(String what, CountDownLatch latch, Object seen) throws InterruptedException {
    if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw inVain(what, seen);
    }
  }

  static <T> T take(String what, BlockingQueue<T> queue, Object seen) throws InterruptedException {
    T first = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (first == null) {
      throw inVain(what, seen);
    }
    return first;
  }

  static void join(String what, Thread thread, Object seen) throws InterruptedException {
    thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    if (thread.isAlive()) {
      throw inVain(what, seen);
    }
  }

  static void until(String what, BooleanSupplier condition, Object seen)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw inVain(what, seen);
      }
      Thread.sleep(1);
    }
  }

  private static AssertionError inVain(String what, Object seen) {
    return new AssertionError(
        "waited %d s in vain for %s; seen: %s; threads:%n%s"
            .formatted(PATIENCE_SECONDS, what, seen, threads()));
  }

  /** Returns the threads that are not the JVM's own, and where they are. */
  private static String threads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getThreadGroup() != null)
        .filter(thread -> !thread.getKey().getThreadGroup().getName().equals("system"))
        .map(Patience::described)
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  private static String described(Map.Entry<Thread, StackTraceElement[]> thread) {
    return "  %s, %s: %s"
        .formatted(
            thread.getKey().getName(),
            thread.getKey().getState(),
            Arrays.stream(thread.getValue())
                .limit(12)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining(" < ")));
  }
}
