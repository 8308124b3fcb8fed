package dev.aerostat.engine.internal;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.engine.events.HostWork;
import dev.aerostat.engine.turn.PluginFailure;
import dev.aerostat.mapper.spi.DmaMapper;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The threads that populate and map: they block in the host so that the event thread need not. */
@Singleton
final class HostWorkers {
  private final Granules granules;
  private final DmaMapper mapper;
  private final Inbox inbox;
  private final EngineEvents events;
  private final Provider<EngineCore> core;
  private final AtomicInteger started = new AtomicInteger();
  private final ExecutorService threads;

  @Inject
  HostWorkers(
      Granules granules,
      DmaMapper mapper,
      Inbox inbox,
      EngineEvents events,
      Provider<EngineCore> core,
      EngineSettings settings) {
    this.granules = granules;
    this.mapper = mapper;
    this.inbox = inbox;
    this.events = events;
    this.core = core;
    this.threads = Executors.newFixedThreadPool(settings.prefaultThreads(), Worker::new);
  }

  /** Returns whether the current thread is in a call to the mapper. */
  boolean isWorker() {
    return Thread.currentThread() instanceof Worker worker && worker.pool() == this;
  }

  void populate(int granule, long firstPage, long endPage) {
    long offset = Pages.toBytes(firstPage - granules.firstPage(granule));
    HostAddress start = granules.hostAddress(granule).plus(offset);
    GuestRange slice = GuestRange.ofPages(firstPage, endPage);
    run(
        HostOperation.POPULATE,
        start.value(),
        slice,
        () -> mapper.hostMemory().populate(start, slice.length()),
        () -> core.get().populated(granule),
        refusal -> core.get().populateFailed(granule, refusal));
  }

  void map(int granule) {
    execute(() -> mapOutcome(granule));
  }

  private Runnable mapOutcome(int granule) {
    GuestRange range = granules.range(granule);
    IovaRange iova = IovaRange.of(range);
    return outcome(
        HostOperation.MAP,
        iova.start(),
        range,
        () -> mapper.map(iova, granules.hostAddress(granule)),
        () -> core.get().mapped(granule),
        refusal -> core.get().mapFailed(granule, refusal));
  }

  @SuppressWarnings("ReferenceEquality") // It is the same object only if the unmap went well.
  void remap(int granule) {
    Runnable unmapped = () -> {};
    execute(
        () -> {
          Runnable outcome = unmapOutcome(granule, unmapped);
          return outcome == unmapped ? mapOutcome(granule) : outcome;
        });
  }

  private Runnable unmapOutcome(int granule, Runnable done) {
    GuestRange range = granules.range(granule);
    IovaRange iova = IovaRange.of(range);
    return outcome(
        HostOperation.UNMAP,
        iova.start(),
        range,
        () -> unmapIfMapped(iova),
        done,
        refusal -> core.get().unmapFailed(granule, refusal));
  }

  private void unmapIfMapped(IovaRange iova) throws HostRefusedException {
    try {
      long _ = mapper.unmap(iova);
    } catch (HostRefusedException refusal) {
      if (!(refusal.reason() instanceof RefusalCause.NotMapped)) {
        throw refusal;
      }
    }
  }

  void unmapAll() {
    run(
        HostOperation.UNMAP,
        0,
        GuestRange.ofLength(0, granules.memory().bytes()),
        mapper::unmapAll,
        () -> core.get().unmapped(),
        refusal -> core.get().unmapFailed(refusal));
  }

  void end() {
    threads.shutdown();
  }

  /** Ends the threads and waits for what they are at: a mapper is closed only after its calls. */
  void awaitEnd() {
    threads.close();
  }

  private void run(
      HostOperation operation,
      long start,
      GuestRange range,
      HostWork call,
      Runnable done,
      Consumer<HostRefusedException> refused) {
    execute(() -> outcome(operation, start, range, call, done, refused));
  }

  @SuppressWarnings("CatchingUnchecked") // Out of memory: the call must not be waited for forever.
  private void execute(Supplier<Runnable> work) {
    threads.execute(
        () -> {
          try {
            inbox.post(work.get());
          } catch (Throwable lost) {
            inbox.fail(lost);
          }
        });
  }

  @SuppressWarnings("CatchingUnchecked") // A plugin may throw what it does not declare.
  private Runnable outcome(
      HostOperation operation,
      long start,
      GuestRange range,
      HostWork call,
      Runnable done,
      Consumer<HostRefusedException> refused) {
    try {
      events.hostCall(operation, range.start(), range.length(), call);
      return done;
    } catch (HostRefusedException refusal) {
      return () -> refused.accept(refusal);
    } catch (Throwable broken) {
      HostRefusedException refusal =
          PluginFailure.refusal(operation, start, range.length(), broken);
      return () -> refused.accept(refusal);
    }
  }

  private final class Worker extends Thread {
    Worker(Runnable task) {
      super(task, "aerostat-worker-" + started.getAndIncrement());
      setDaemon(true);
    }

    HostWorkers pool() {
      return HostWorkers.this;
    }
  }
}
