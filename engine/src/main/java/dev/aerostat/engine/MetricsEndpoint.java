package dev.aerostat.engine;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Where a monitoring system reads the metrics of engines. Safe for use by any thread.
 *
 * <p>A program that shall not depend on a metrics library finds one by {@link
 * java.util.ServiceLoader}: a {@link Provider} on the module path or the class path, such as {@code
 * aerostat-metrics-micrometer} with a registry for Prometheus.
 */
public interface MetricsEndpoint extends AutoCloseable {
  /**
   * Publishes the metrics of an engine until it is closed.
   *
   * @param name distinguishes the engine from others that are published here at the same time
   * @param engine built, whether it was started or not
   */
  void publish(String name, AsyncDmaMap engine);

  /**
   * Returns where it listens.
   *
   * @return the address that it was opened with, and the port that was chosen if that was 0
   */
  InetSocketAddress address();

  /** Listens no more. Does nothing the second time. */
  @Override
  void close();

  /** Opens endpoints; what a {@link java.util.ServiceLoader} finds. */
  interface Provider {
    /**
     * Opens an endpoint.
     *
     * @param address where to listen
     * @return it listens
     * @throws IOException if it cannot listen there, or a library is missing: the message says
     *     which to add
     */
    MetricsEndpoint open(InetSocketAddress address) throws IOException;
  }
}
