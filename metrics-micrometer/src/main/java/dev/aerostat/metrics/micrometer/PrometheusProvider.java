package dev.aerostat.metrics.micrometer;

import dev.aerostat.engine.MetricsEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Opens endpoints for Prometheus, where Micrometer's registry for it is installed. */
public final class PrometheusProvider implements MetricsEndpoint.Provider {
  /** Creates a provider; for {@link java.util.ServiceLoader}. */
  public PrometheusProvider() {}

  @Override
  public MetricsEndpoint open(InetSocketAddress address) throws IOException {
    try {
      return PrometheusEndpoint.listen(address);
    } catch (NoClassDefFoundError missing) {
      throw new IOException(
          "there is no registry for Prometheus: add micrometer-registry-prometheus, and what it"
              + " depends on, beside micrometer-core",
          missing);
    }
  }
}
