package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What maps from many threads must do. */
final class ThreadClauses {
  /** On a slow host fewer calls must do. */
  private static final int FEWEST_CALLS_BESIDE = 4000;

  private static final int MOST_CALLS_BESIDE = 40_000;
  private static final long PATIENCE_NANOS = 2_000_000_000;

  private ThreadClauses() {}

  static void apart(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      requireAll(16, i -> subject.map(2 * i, 2));
      subject.requireUnmapAllOf(32);
    }
  }

  static void together(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      List<Optional<HostRefusedException>> outcomes = race(8, _ -> subject.map(0, 4));
      BrokenClauseError.unlessEqual(
          "maps of one range that happened",
          1L,
          outcomes.stream().filter(Optional::isEmpty).count());
      subject.requireMapped(0, 4);
    }
  }

  /** Each thread finds all that it mapped, whatever the others do meanwhile. */
  static void beside(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      requireAll(4, i -> mapAndUnmap(subject, 8 * i));
      subject.requireUnmapAllOf(0);
      subject.requireEntriesTaken(0);
    }
  }

  /** Keeps up to seven mappings of a page, so that most live through calls of other threads. */
  private static void mapAndUnmap(MapperSubject subject, int firstPage)
      throws HostRefusedException {
    long patience = System.nanoTime() + PATIENCE_NANOS;
    int mapped = 0;
    for (; mapped < MOST_CALLS_BESIDE && mayGoOn(mapped, patience); mapped++) {
      if (mapped >= 7) {
        subject.requireUnmapOf(1, firstPage + (mapped - 7) % 8, 1);
      }
      subject.map(firstPage + mapped % 8, 1);
    }
    for (int left = mapped - 7; left < mapped; left++) {
      subject.requireUnmapOf(1, firstPage + left % 8, 1);
    }
  }

  private static boolean mayGoOn(int calls, long patience) {
    return calls < FEWEST_CALLS_BESIDE || System.nanoTime() - patience < 0;
  }

  /** Runs an action on several threads that start together, none of which may be refused. */
  static void requireAll(int threads, Action action) throws HostRefusedException {
    for (Optional<HostRefusedException> refusal : race(threads, action)) {
      if (refusal.isPresent()) {
        throw refusal.get();
      }
    }
  }

  /** Runs an action on several threads that start together, and returns what each was refused. */
  private static List<Optional<HostRefusedException>> race(int threads, Action action) {
    var start = new CountDownLatch(1);
    try (var pool = Executors.newFixedThreadPool(threads)) {
      var running = new ArrayList<Future<Optional<HostRefusedException>>>();
      for (int i = 0; i < threads; i++) {
        running.add(pool.submit(contender(start, action, i)));
      }
      start.countDown();
      return running.stream().map(ThreadClauses::outcome).toList();
    }
  }

  private static Callable<Optional<HostRefusedException>> contender(
      CountDownLatch start, Action action, int index) {
    return () -> {
      start.await();
      try {
        action.of(index);
        return Optional.empty();
      } catch (HostRefusedException refusal) {
        return Optional.of(refusal);
      }
    };
  }

  private static Optional<HostRefusedException> outcome(
      Future<Optional<HostRefusedException>> future) {
    try {
      return future.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof BrokenClauseError broken) {
        throw broken;
      }
      throw BrokenClauseError.of("a thread", "no exception", failure.getCause());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interruption);
    }
  }

  /** What one of several threads does. */
  interface Action {
    void of(int index) throws HostRefusedException;
  }
}
