package dev.aerostat.metrics.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.engine.MetricsEndpoint;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class PrometheusEndpointTest {
  private static MetricsEndpoint open(int port) throws IOException {
    return new PrometheusProvider()
        .open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static HttpURLConnection request(MetricsEndpoint endpoint, String path, String method)
      throws IOException {
    var url = URI.create("http://127.0.0.1:%d%s".formatted(endpoint.address().getPort(), path));
    var connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setRequestMethod(method);
    return connection;
  }

  private static String text(MetricsEndpoint endpoint) throws IOException {
    HttpURLConnection answer = request(endpoint, "/metrics", "GET");
    assertEquals(200, answer.getResponseCode());
    assertTrue(answer.getContentType().startsWith("text/plain; version=0.0.4"));
    try (var body = answer.getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void anEngineIsPublishedUntilItIsClosed() throws Exception {
    try (MetricsEndpoint endpoint = open(0)) {
      var metered = new MeteredEngine();
      endpoint.publish("guest-1", metered.engine);
      assertTrue(text(endpoint).contains("aerostat_gate_open{engine=\"guest-1\"} 0.0"));
      metered.close();
      assertFalse(text(endpoint).contains("guest-1"));
    }
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws IOException {
    try (MetricsEndpoint endpoint = open(0)) {
      assertEquals(404, request(endpoint, "/", "GET").getResponseCode());
      assertEquals(404, request(endpoint, "/metrics/x", "GET").getResponseCode());
      assertEquals(405, request(endpoint, "/metrics", "POST").getResponseCode());
    }
  }

  @Test
  void aPortThatIsTakenIsRefusedAndOneThatWasClosedIsFree() throws IOException {
    int port;
    try (MetricsEndpoint endpoint = open(0)) {
      port = endpoint.address().getPort();
      assertThrows(IOException.class, () -> open(port));
    }
    open(port).close();
  }

  /** On both paths; the module itself looks for no provider, so it may not ask the loader. */
  @Test
  void itIsThereForAServiceLoader() throws IOException {
    String name = PrometheusProvider.class.getName();
    Module module = PrometheusProvider.class.getModule();
    assertTrue(
        !module.isNamed()
            || module.getDescriptor().provides().stream()
                .anyMatch(service -> service.providers().contains(name)));
    try (var file =
        PrometheusProvider.class.getResourceAsStream(
            "/META-INF/services/dev.aerostat.engine.MetricsEndpoint$Provider")) {
      assertEquals(name, new String(file.readAllBytes(), StandardCharsets.UTF_8).strip());
    }
  }
}
