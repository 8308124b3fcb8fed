package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/** Maps all of the memory and unmaps it, over and over, until the mapper is closed. */
final class MappingThread {
  private static final int MOST_MAPS = 1_000_000;

  private final MapperSubject subject;
  private final AtomicInteger begun = new AtomicInteger();
  private final FutureTask<Long> work = new FutureTask<>(this::mapUntilClosed);

  MappingThread(MapperSubject subject) {
    this.subject = subject;
    Thread.ofPlatform().daemon().name("aerostat-contract-map").start(work);
  }

  private long mapUntilClosed() throws HostRefusedException {
    long lastReturn = System.nanoTime();
    try {
      for (int i = 0; i < MOST_MAPS; i++) {
        begun.incrementAndGet();
        subject.mapper().map(subject.iova(0, MapperSubject.PAGES), subject.host(0));
        lastReturn = System.nanoTime();
        long _ = subject.mapper().unmapAll();
      }
    } catch (IllegalStateException closed) {
      return lastReturn;
    }
    throw BrokenClauseError.of("a map of a closed mapper", "an IllegalStateException", "it done");
  }

  /** Waits until so many maps have begun, the last of which may be under way. */
  void awaitMaps(int maps) {
    while (begun.get() < maps && !work.isDone()) {
      Thread.onSpinWait();
    }
  }

  /** Waits for the thread, and returns when its last map returned, as {@link System#nanoTime}. */
  long lastReturn() throws HostRefusedException {
    try {
      return work.get();
    } catch (ExecutionException failure) {
      switch (failure.getCause()) {
        case HostRefusedException refusal -> throw refusal;
        case BrokenClauseError broken -> throw broken;
        case null, default ->
            throw BrokenClauseError.of("a map beside a close", "no exception", failure.getCause());
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interruption);
    }
  }
}
