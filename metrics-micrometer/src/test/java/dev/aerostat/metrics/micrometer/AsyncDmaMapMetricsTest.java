package dev.aerostat.metrics.micrometer;

import static dev.aerostat.metrics.micrometer.MeteredEngine.MEMORY_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class AsyncDmaMapMetricsTest {
  private final MeterRegistry registry = new SimpleMeterRegistry();

  private double gauge(String name) {
    return registry.get(name).tag("engine", "a").gauge().value();
  }

  @Test
  void aBootIsMeasuredToTheByteAndTheCall() throws Exception {
    try (var metered = new MeteredEngine();
        var metrics = new AsyncDmaMapMetrics(metered.engine, Tags.of("engine", "a"))) {
      metrics.bindTo(registry);
      assertEquals(0, gauge("aerostat.gate.open"));
      assertEquals(0, gauge("aerostat.memory.mapped"));
      metered.boot(metrics);
      assertEquals(MEMORY_BYTES, gauge("aerostat.memory.size"));
      assertEquals(MEMORY_BYTES, gauge("aerostat.memory.mapped"));
      assertEquals(1, gauge("aerostat.gate.open"));
      assertEquals(0, gauge("aerostat.engine.failed"));
      assertEquals(0, gauge("aerostat.balloon.size"));
      assertEquals(
          metered.engine.counters().maps(),
          registry.get("aerostat.map").tag("outcome", "done").timer().count());
      assertEquals(0, registry.get("aerostat.map").tag("outcome", "refused").timer().count());
      assertEquals(0, registry.get("aerostat.deflate.wait").timer().count());
      assertEquals(
          0,
          registry
              .get("aerostat.balloon.messages")
              .tag("queue", "inflate")
              .functionCounter()
              .count());
    }
  }

  @Test
  void whatTheGuestHasNotPluggedIsMeasured() throws Exception {
    var region = GuestRange.ofLength(128L << 20, 32L << 20);
    try (var metered = new MeteredEngine(region);
        var metrics = new AsyncDmaMapMetrics(metered.engine, Tags.of("engine", "a"))) {
      metrics.bindTo(registry);
      metered.boot(metrics);
      assertEquals(region.length(), (long) gauge("aerostat.memory.unplugged"));
      assertEquals(MEMORY_BYTES + region.length(), (long) gauge("aerostat.memory.size"));
    }
  }

  @Test
  void theEnginesCloseRemovesItsMetersAndLeavesThoseOfOthers() throws Exception {
    try (var stays = new MeteredEngine()) {
      var goes = new MeteredEngine();
      new AsyncDmaMapMetrics(stays.engine, Tags.of("engine", "b")).bindTo(registry);
      int without = registry.getMeters().size();
      new AsyncDmaMapMetrics(goes.engine, Tags.of("engine", "a")).bindTo(registry);
      assertEquals(2 * without, registry.getMeters().size());
      goes.close();
      assertEquals(without, registry.getMeters().size());
      assertTrue(
          registry.getMeters().stream()
              .allMatch(meter -> "b".equals(meter.getId().getTag("engine"))));
    }
  }

  @Test
  void boundTwiceToOneRegistryNothingCountsTwice() throws Exception {
    try (var metered = new MeteredEngine();
        var metrics = new AsyncDmaMapMetrics(metered.engine, Tags.of("engine", "a"))) {
      metrics.bindTo(registry);
      metrics.bindTo(registry);
      metered.boot(metrics);
      assertEquals(
          metered.engine.counters().maps(),
          registry.get("aerostat.map").tag("outcome", "done").timer().count());
    }
  }

  @Test
  void closedMetricsHearNothingAndAreNotBoundAgain() throws Exception {
    try (var metered = new MeteredEngine()) {
      var metrics = new AsyncDmaMapMetrics(metered.engine, Tags.empty());
      metrics.bindTo(registry);
      metrics.close();
      metrics.close();
      assertEquals(List.of(), registry.getMeters());
      assertThrows(IllegalStateException.class, () -> metrics.bindTo(registry));
      assertEquals(List.of(), registry.getMeters());
    }
  }

  @Test
  void prometheusNamesThemByItsConvention() throws Exception {
    var prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (var metered = new MeteredEngine();
        var metrics = new AsyncDmaMapMetrics(metered.engine, Tags.of("engine", "a"))) {
      metrics.bindTo(prometheus);
      metered.boot(metrics);
      List<String> lines = prometheus.scrape().lines().toList();
      for (String line :
          List.of(
              "aerostat_memory_mapped_bytes{engine=\"a\"} 6.7108864E7",
              "aerostat_memory_size_bytes{engine=\"a\"} 6.7108864E7",
              "aerostat_memory_unplugged_bytes{engine=\"a\"} 0.0",
              "aerostat_balloon_size_bytes{engine=\"a\"} 0.0",
              "aerostat_gate_open{engine=\"a\"} 1.0",
              "aerostat_map_seconds_count{engine=\"a\",outcome=\"done\"} 32",
              "aerostat_deflate_wait_seconds_count{engine=\"a\"} 0",
              "aerostat_balloon_messages_total{engine=\"a\",queue=\"deflate\"} 0.0",
              "aerostat_guest_mistakes_total{engine=\"a\"} 0.0",
              "aerostat_refusals_total{engine=\"a\"} 0.0")) {
        assertTrue(lines.contains(line), () -> line + " is not in\n" + String.join("\n", lines));
      }
    }
  }
}
