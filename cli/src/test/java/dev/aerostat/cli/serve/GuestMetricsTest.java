package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.MetricsEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuestMetricsTest {
  private final List<String> done = new ArrayList<>();

  /** Listens nowhere. */
  private final class Endpoint implements MetricsEndpoint {
    private final InetSocketAddress address;

    private Endpoint(InetSocketAddress address) {
      this.address = address;
    }

    @Override
    public void publish(String name, AsyncDmaMap engine) {
      done.add(name);
    }

    @Override
    public InetSocketAddress address() {
      return address;
    }

    @Override
    public void close() {
      done.add("closed");
    }
  }

  @Test
  void itListensOnTheLoopbackAddressAndNamesItsUrl() {
    try (var metrics = GuestMetrics.on(Optional.of(9400), List.of(Endpoint::new))) {
      assertEquals(Optional.of("http://127.0.0.1:9400/metrics"), metrics.url());
    }
    assertEquals(List.of("closed"), done);
  }

  @Test
  void notAskedForItNeedsNoPlugin() {
    try (var metrics = GuestMetrics.on(Optional.empty(), List.of())) {
      assertEquals(Optional.empty(), metrics.url());
    }
  }

  @Test
  void withoutAPluginItSaysWhatToAdd() {
    var refused =
        assertThrows(
            CommandFailedException.class, () -> GuestMetrics.on(Optional.of(9400), List.of()));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("aerostat-metrics-micrometer"),
        refused::getMessage);
  }

  @Test
  void aPortThatIsTakenIsNamedWithItsReason() {
    MetricsEndpoint.Provider busy =
        address -> {
          throw new IOException("Address already in use");
        };
    var refused =
        assertThrows(
            CommandFailedException.class, () -> GuestMetrics.on(Optional.of(9400), List.of(busy)));
    assertEquals(
        "--metrics cannot listen on 127.0.0.1:9400: Address already in use",
        String.valueOf(refused.getMessage()).replace("localhost", "127.0.0.1"));
  }

  @Test
  void aNumberThatIsNoPortIsRefusedBeforeAnythingListens() {
    for (String port : List.of("-1", "65536", "2147483647")) {
      Invocation invocation =
          Invocation.of(FakeSimulator.smooth(), "serve", "--socket", "/tmp/x", "--metrics=" + port);
      assertEquals(2, invocation.exitCode());
      assertTrue(invocation.err().contains("expected a port, 0 to 65535"), invocation.err());
    }
  }
}
