package dev.aerostat.metrics.micrometer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.MetricsEndpoint;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers {@code GET /metrics} with Prometheus' text. */
final class PrometheusEndpoint implements MetricsEndpoint {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int WRONG_METHOD = 405;
  private static final int NO_BODY = -1;

  private final PrometheusMeterRegistry registry;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private PrometheusEndpoint(PrometheusMeterRegistry registry, HttpServer server) {
    this.registry = registry;
    this.server = server;
  }

  static PrometheusEndpoint listen(InetSocketAddress address) throws IOException {
    // First what may be missing: a server that was created holds its port.
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var endpoint = new PrometheusEndpoint(registry, HttpServer.create(address, 0));
    endpoint.start();
    return endpoint;
  }

  private void start() {
    server.setExecutor(threads);
    var _ = server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/metrics")) {
        exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(WRONG_METHOD, NO_BODY);
      } else {
        byte[] text = registry.scrape().getBytes(StandardCharsets.UTF_8);
        exchange
            .getResponseHeaders()
            .set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        exchange.sendResponseHeaders(OK, text.length);
        exchange.getResponseBody().write(text);
      }
    }
  }

  /** The engine keeps the metrics: by their listener. */
  @Override
  public void publish(String name, AsyncDmaMap engine) {
    new AsyncDmaMapMetrics(engine, Tags.of("engine", name)).bindTo(registry);
  }

  @Override
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    registry.close();
  }
}
