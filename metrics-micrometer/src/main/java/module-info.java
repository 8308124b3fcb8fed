/**
 * An engine's metrics for Micrometer: {@link dev.aerostat.metrics.micrometer.AsyncDmaMapMetrics}
 * binds them to a registry of the VMM's. With {@code micrometer-registry-prometheus} beside it, it
 * also provides a {@link dev.aerostat.engine.MetricsEndpoint} for Prometheus.
 */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-transitive-automatic") // Micrometer names its modules, and no more.
module dev.aerostat.metrics.micrometer {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.engine;
  requires transitive micrometer.core;
  requires static micrometer.registry.prometheus;
  requires jdk.httpserver;

  exports dev.aerostat.metrics.micrometer;

  provides dev.aerostat.engine.MetricsEndpoint.Provider with
      dev.aerostat.metrics.micrometer.PrometheusProvider;
}
