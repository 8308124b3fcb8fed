package dev.aerostat.metrics.micrometer;

import dev.aerostat.api.Progress;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.HostCall;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The metrics of one engine: gauges of its memory and its gate, timers of what it waits for,
 * counters of what its guest does.
 *
 * <p>
 *
 * {@snippet :
 * var metrics = new AsyncDmaMapMetrics(engine, Tags.of("engine", "guest-1"));
 * metrics.bindTo(registry);
 * }
 *
 * <p>A registry is read without asking the engine: gauges and counters are at most 100 ms old, and
 * a reader never waits for a callback that blocks. When the engine is closed its meters are removed
 * from each registry.
 *
 * <p>Safe for use by any thread.
 */
public final class AsyncDmaMapMetrics implements MeterBinder, AutoCloseable {
  private final AsyncDmaMap engine;
  private final Tags tags;
  private final EngineListener listener = new Listener();
  private final List<BoundMeters> bound = new CopyOnWriteArrayList<>();
  private final AtomicReference<Reading> reading;
  private volatile boolean failed;
  private boolean closed;

  /**
   * Begins to listen to an engine. Waits for the event thread's turn to end.
   *
   * @param engine built, whether it was started or not
   * @param tags on all of its meters; they tell engines apart that are bound to one registry
   */
  public AsyncDmaMapMetrics(AsyncDmaMap engine, Iterable<Tag> tags) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.tags = Tags.of(tags);
    Reading first = Reading.of(engine);
    this.reading = new AtomicReference<>(first);
    engine.addListener(listener);
    // What happened in between nobody has told of.
    boolean _ = reading.compareAndSet(first, Reading.of(engine));
  }

  /**
   * {@inheritDoc} Does nothing for a registry that it was bound to before.
   *
   * @throws IllegalStateException if this is closed
   */
  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    if (closed) {
      throw new IllegalStateException("these metrics are closed, as their engine may be");
    }
    if (bound.stream().noneMatch(meters -> meters.isOf(registry))) {
      bound.add(new BoundMeters(registry, tags, this));
    }
  }

  Reading reading() {
    return reading.get();
  }

  boolean hasFailed() {
    return failed;
  }

  /** Removes the meters from all registries. The engine's close does so, too. */
  @Override
  public synchronized void close() {
    closed = true;
    engine.removeListener(listener);
    bound.forEach(BoundMeters::remove);
    bound.clear();
  }

  private final class Listener implements EngineListener {
    /** On the event thread, where the counters can be had without waiting. */
    @Override
    public void progressed(Progress progress) {
      reading.set(new Reading(progress, engine.counters(), engine.deviceCounters()));
    }

    @Override
    public void hostCalled(HostCall call) {
      bound.forEach(meters -> meters.hostCalled(call));
    }

    @Override
    public void deflateWaited(long bytes, long nanos) {
      bound.forEach(meters -> meters.deflateWaited(nanos));
    }

    @Override
    public void failed(Throwable cause) {
      failed = true;
    }

    @Override
    public void closed() {
      close();
    }
  }
}
