package dev.aerostat.cli.serve;

import dev.aerostat.api.Pages;
import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.cli.options.BalloonPageOption;
import dev.aerostat.cli.options.MapperChoice;
import dev.aerostat.cli.options.StrategyChoice;
import dev.aerostat.cli.report.ReportChoice;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.vhost.user.VhostUserServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code aerostat serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Serves the balloon of a real guest, over vhost-user, and prints how its boot goes.",
      "",
      "Listens on a Unix socket for User Mode Linux, or a QEMU with a generic vhost-user device."
          + " The engine runs in real time, on a simulated host unless another mapper is chosen."
          + " Takes one guest after the other until Ctrl-C, or SIGTERM.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  aerostat serve --socket /tmp/balloon",
      "  aerostat serve --socket /tmp/balloon --target 128M --json",
      "",
      "A guest that has its balloon there:",
      "  linux.uml mem=512M virtio_uml.device=/tmp/balloon:5 ..."
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--socket",
      paramLabel = "PATH",
      required = true,
      description = {
        "The Unix socket to listen on, at most 107 bytes. One that a server which has ended left"
            + " behind is taken over."
      })
  private Path socket;

  @Option(
      names = "--resident",
      paramLabel = "SIZE",
      description = {
        "What the balloon is never asked for. Default: a 64th of memory and 1G, at most half."
      })
  private Optional<ByteSize> resident = Optional.empty();

  @Option(
      names = "--target",
      paramLabel = "SIZE",
      defaultValue = "0",
      description = "How large the balloon stays after the boot. Default: ${DEFAULT-VALUE}.")
  private ByteSize target;

  @Option(
      names = "--balloon-page",
      paramLabel = "4K|2M",
      defaultValue = "2M",
      description = {
        "The largest page that the guest's driver may balloon: 2M offers the private feature bit"
            + " 62, which a stock driver leaves alone, 4K withholds it. Default: ${DEFAULT-VALUE}."
      })
  private BalloonPageOption balloonPage;

  @Mixin private StrategyChoice strategy;

  @Mixin private MapperChoice mapper;

  @Mixin private ReportChoice page;

  @Option(
      names = "--metrics",
      paramLabel = "PORT",
      description = {
        "Serve metrics for Prometheus at http://127.0.0.1:PORT/metrics; 0 takes any free port."
            + " Needs a plugin that has them: --plugins with the directory metrics of the archive."
      })
  private Optional<Integer> metricsPort = Optional.empty();

  @Option(
      names = "--interactive",
      description = {
        "Take orders from standard input: 'target SIZE' changes how large the balloon stays,"
            + " 'quit' ends."
      })
  private boolean interactive;

  @Option(
      names = "--control",
      paramLabel = "PATH",
      description = {
        "Take the same orders, and 'status', from a Unix socket that is made here for its owner"
            + " alone; each is answered by a line of JSON."
      })
  private Optional<Path> control = Optional.empty();

  @Option(
      names = "--json",
      description = "Print a JSON object in a line for each event; docs/json.md lists them.")
  private boolean json;

  private final Console console;

  /**
   * Creates the command.
   *
   * @param console where the user is
   */
  public ServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    page.checkBeside(Optional.of(socket), "the socket");
    page.checkBeside(control, "the control socket");
    var operator = new OperatorTarget(wholePages("--target", target).bytes());
    ServeSettings settings = settings();
    var log = new ServeLog(console, json);
    try (var signals = new EndBySignal();
        var metrics = GuestMetrics.on(metricsPort)) {
      var guests = new ServedGuests(settings, operator, metrics, console, log, page);
      metrics.url().ifPresent(url -> log.tell(ServeEvent.metrics(url)));
      serve(settings.device(), guests, operator, log, signals);
      log.tell(ServeEvent.ended(socket));
    }
    return 0;
  }

  private void serve(
      BalloonSettings device,
      ServedGuests guests,
      OperatorTarget operator,
      ServeLog log,
      EndBySignal signals)
      throws IOException {
    try (var server = VhostUserServer.listen(socket, device, guests)) {
      var service =
          ServiceState.toldTo(Optional.ofNullable(System.getenv("NOTIFY_SOCKET")), console);
      Runnable end = () -> end(service, server);
      var orders = new Orders(operator, end);
      try (Control _ = control(orders)) {
        signals.end(end);
        log.tell(ServeEvent.listening(socket, control));
        service.ready();
        if (interactive) {
          orders.readFrom(console);
        }
        while (served(server, guests) && !console.isClosedByItsReader()) {
          log.tell(ServeEvent.waiting());
        }
      } finally {
        service.stopping();
      }
    }
  }

  /** Returns once nothing is served any more. */
  private static void end(ServiceState service, VhostUserServer server) {
    service.stopping();
    server.close();
  }

  /** Listens for orders until it is closed, if the user wants that. */
  private Control control(Orders orders) throws IOException {
    return control.isPresent() ? ControlSocket.listen(control.get(), orders)::close : () -> {};
  }

  /** Where orders come from. */
  private interface Control extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /** A guest that breaks the protocol ends its own session only. */
  private boolean served(VhostUserServer server, ServedGuests guests) {
    try {
      return server.serve();
    } catch (IOException broken) {
      guests.broken(String.valueOf(broken.getMessage()));
      return true;
    } finally {
      guests.gone();
    }
  }

  private ServeSettings settings() {
    InstalledMapper installed = MapperProvider.named(mapper.name()).orElseThrow();
    if (installed.availability() instanceof MapperAvailability.Unavailable(String reason)) {
      var failed =
          new CommandFailedException(
              "mapper '%s' is not available: %s".formatted(installed, reason));
      installed.failure().ifPresent(failed::addSuppressed);
      throw failed;
    }
    return new ServeSettings(
        strategy.variant().async() ? Strategy.ASYNC : Strategy.SYNC,
        resident.map(size -> wholePages("--resident", size)),
        device(),
        installed,
        mapper.options());
  }

  private BalloonSettings device() {
    BalloonSettings usual = VhostUserServer.settings();
    if (balloonPage.equals(BalloonPageOption.LARGE)) {
      return usual;
    }
    var offered = EnumSet.copyOf(usual.offered());
    offered.remove(BalloonFeature.HUGE_PAGES);
    return usual.withOffered(offered);
  }

  static ByteSize wholePages(String option, ByteSize size) {
    if (size.bytes() % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "%s %s: expected a multiple of 4K".formatted(option, size.exactly()));
    }
    return size;
  }
}
