package dev.aerostat.metrics.micrometer;

import dev.aerostat.api.HostOperation;
import dev.aerostat.engine.HostCall;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The meters of one engine in one registry. */
final class BoundMeters {
  private static final List<HostOperation> CALLS =
      List.of(HostOperation.POPULATE, HostOperation.MAP, HostOperation.UNMAP);

  private final MeterRegistry registry;
  private final Tags tags;
  private final AsyncDmaMapMetrics metrics;
  private final List<Meter> meters = new ArrayList<>();
  private final Map<HostOperation, Timer> done = new EnumMap<>(HostOperation.class);
  private final Map<HostOperation, Timer> refused = new EnumMap<>(HostOperation.class);
  private final Timer deflateWait;

  BoundMeters(MeterRegistry registry, Tags tags, AsyncDmaMapMetrics metrics) {
    this.registry = registry;
    this.tags = tags;
    this.metrics = metrics;
    this.deflateWait =
        timer("aerostat.deflate.wait", "Deflate messages that waited for a map", Tags.empty());
    for (HostOperation call : CALLS) {
      done.put(call, callTimer(call, "done"));
      refused.put(call, callTimer(call, "refused"));
    }
    gauges();
    counters();
  }

  private void gauges() {
    bytes("aerostat.memory.size", "The guest's RAM", now -> now.progress().memoryBytes());
    bytes("aerostat.memory.mapped", "What is mapped", now -> now.progress().mappedBytes());
    bytes(
        "aerostat.memory.unplugged",
        "What a virtio-mem device has and the guest has not plugged",
        now -> now.progress().unpluggedBytes());
    bytes("aerostat.balloon.size", "What is ballooned", now -> now.progress().balloonedBytes());
    bytes("aerostat.balloon.target", "The target", now -> now.progress().targetBytes());
    gauge(
        Gauge.builder("aerostat.gate.open", metrics, BoundMeters::gate)
            .description("1 while the device may do DMA, else 0; unknown once the engine failed"));
    gauge(
        Gauge.builder("aerostat.engine.failed", metrics, now -> now.hasFailed() ? 1 : 0)
            .description("1 once the engine failed: close it"));
  }

  /** An engine that failed does not know what became of its gate. */
  private static double gate(AsyncDmaMapMetrics now) {
    boolean open = now.reading().progress().gateOpen();
    return now.hasFailed() ? Double.NaN : open ? 1 : 0;
  }

  private void counters() {
    String messages = "aerostat.balloon.messages";
    String about = "Messages of the balloon driver";
    Tags inflate = Tags.of("queue", "inflate");
    Tags deflate = Tags.of("queue", "deflate");
    count(messages, about, inflate, now -> now.engine().inflateMessages());
    count(messages, about, deflate, now -> now.engine().deflateMessages());
    count("aerostat.guest.mistakes", "Rules broken by the driver", Tags.empty(), Reading::mistakes);
    count(
        "aerostat.guest.resets",
        "Resets of the balloon device",
        Tags.empty(),
        now -> now.device().resets());
    count(
        "aerostat.dma.wanted",
        "Wishes for DMA while the gate was closed",
        Tags.empty(),
        now -> now.engine().dmaWanted());
    count(
        "aerostat.refusals",
        "Maps and populates that the host refused",
        Tags.empty(),
        now -> now.engine().refusals());
  }

  boolean isOf(MeterRegistry other) {
    return registry.equals(other);
  }

  void hostCalled(HostCall call) {
    Timer timer = (call.refused() ? refused : done).get(call.operation());
    if (timer != null) {
      timer.record(Duration.ofNanos(call.nanos()));
    }
  }

  void deflateWaited(long nanos) {
    deflateWait.record(Duration.ofNanos(nanos));
  }

  void remove() {
    for (Meter meter : meters) {
      Meter _ = registry.remove(meter);
    }
  }

  private Timer callTimer(HostOperation call, String outcome) {
    return switch (call) {
      case POPULATE -> timer("aerostat.populate", "Populates", Tags.of("outcome", outcome));
      case MAP -> timer("aerostat.map", "Maps", Tags.of("outcome", outcome));
      case UNMAP -> timer("aerostat.unmap", "Unmaps", Tags.of("outcome", outcome));
      case ATTACH, DISCARD ->
          throw new IllegalArgumentException("not a call of an engine's: " + call);
    };
  }

  private Timer timer(String name, String description, Tags more) {
    return kept(
        Timer.builder(name).description(description).tags(tags).tags(more).register(registry));
  }

  private void bytes(String name, String description, ToDoubleFunction<Reading> value) {
    gauge(
        Gauge.builder(name, metrics, of(value)).description(description).baseUnit(BaseUnits.BYTES));
  }

  private void gauge(Gauge.Builder<AsyncDmaMapMetrics> builder) {
    Gauge _ = kept(builder.tags(tags).register(registry));
  }

  private void count(String name, String description, Tags more, ToDoubleFunction<Reading> value) {
    FunctionCounter _ =
        kept(
            FunctionCounter.builder(name, metrics, of(value))
                .description(description)
                .tags(tags)
                .tags(more)
                .register(registry));
  }

  /** A registry holds its gauges' objects weakly; the engine holds this one by its listener. */
  private static ToDoubleFunction<AsyncDmaMapMetrics> of(ToDoubleFunction<Reading> value) {
    return metrics -> value.applyAsDouble(metrics.reading());
  }

  private <M extends Meter> M kept(M meter) {
    meters.add(meter);
    return meter;
  }
}
