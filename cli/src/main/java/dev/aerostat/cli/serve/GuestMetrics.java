package dev.aerostat.cli.serve;

import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.MetricsEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceLoader;

/** Where the metrics of the guests that are served can be read, if the user asked for that. */
final class GuestMetrics implements AutoCloseable {
  private static final int LAST_PORT = 65_535;

  private final Optional<MetricsEndpoint> endpoint;

  private GuestMetrics(Optional<MetricsEndpoint> endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Listens on this host's loopback address.
   *
   * @param port 0 for any that is free; none for no metrics
   * @throws IllegalArgumentException if there is no such port
   * @throws CommandFailedException if no plugin has metrics, or it cannot listen there
   */
  static GuestMetrics on(Optional<Integer> port) {
    return on(port, ServiceLoader.load(MetricsEndpoint.Provider.class));
  }

  static GuestMetrics on(Optional<Integer> port, Iterable<MetricsEndpoint.Provider> installed) {
    return new GuestMetrics(port.map(number -> open(number, installed.iterator())));
  }

  private static MetricsEndpoint open(int port, Iterator<MetricsEndpoint.Provider> installed) {
    if (port < 0 || port > LAST_PORT) {
      throw new IllegalArgumentException(
          "--metrics %d: expected a port, 0 to %d".formatted(port, LAST_PORT));
    }
    if (!installed.hasNext()) {
      throw new CommandFailedException(
          "--metrics needs a plugin: add --plugins DIRECTORY, the directory metrics of the archive that"
              + " aerostat was installed from, or one with aerostat-metrics-micrometer,"
              + " micrometer-registry-prometheus and what they depend on");
    }
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      return installed.next().open(address);
    } catch (IOException failure) {
      throw new CommandFailedException(
          "--metrics cannot listen on %s:%d: %s"
              .formatted(address.getHostString(), port, failure.getMessage()),
          failure);
    }
  }

  /** Returns where a monitoring system finds them, if anywhere. */
  Optional<String> url() {
    return endpoint
        .map(MetricsEndpoint::address)
        .map(
            at -> "http://%s:%d/metrics".formatted(at.getAddress().getHostAddress(), at.getPort()));
  }

  /** Publishes those of a guest until its engine is closed. */
  void publish(int guest, AsyncDmaMap engine) {
    endpoint.ifPresent(open -> open.publish("guest-" + guest, engine));
  }

  @Override
  public void close() {
    endpoint.ifPresent(MetricsEndpoint::close);
  }
}
