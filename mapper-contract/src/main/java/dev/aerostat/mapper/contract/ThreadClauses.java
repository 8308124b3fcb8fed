package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What maps from many threads must do. */
final class ThreadClauses {
  private static final String DONE = "done";

  private ThreadClauses() {}

  static void apart(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      for (String outcome : race(16, i -> subject.map(2 * i, 2))) {
        BrokenClauseError.unlessEqual("a map apart from others", DONE, outcome);
      }
      subject.requireUnmapAllOf(32);
    }
  }

  static void together(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      List<String> outcomes = race(8, _ -> subject.map(0, 4));
      BrokenClauseError.unlessEqual(
          "maps of one range that happened", 1L, outcomes.stream().filter(DONE::equals).count());
      subject.requireMapped(0, 4);
    }
  }

  /** Runs an action on several threads that start together, and says how each ended. */
  private static List<String> race(int threads, Action action) {
    var start = new CountDownLatch(1);
    try (var pool = Executors.newFixedThreadPool(threads)) {
      var running = new ArrayList<Future<String>>();
      for (int i = 0; i < threads; i++) {
        running.add(pool.submit(contender(start, action, i)));
      }
      start.countDown();
      return running.stream().map(ThreadClauses::outcome).toList();
    }
  }

  private static Callable<String> contender(CountDownLatch start, Action action, int index) {
    return () -> {
      start.await();
      try {
        action.of(index);
        return DONE;
      } catch (HostRefusedException refusal) {
        return String.valueOf(refusal.getMessage());
      }
    };
  }

  private static String outcome(Future<String> future) {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      return String.valueOf(failure.getCause());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interruption);
    }
  }

  /** What one of several threads does. */
  private interface Action {
    void of(int index) throws HostRefusedException;
  }
}
