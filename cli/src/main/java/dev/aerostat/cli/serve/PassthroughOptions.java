package dev.aerostat.cli.serve;

import dev.aerostat.cli.options.GatePolicy;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.mapper.vfio.PciAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the user says of a passthrough, and what is wrong with it. */
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before it is read
final class PassthroughOptions {
  private static final double LEAST_TIMEOUT_SECONDS = 1;
  private static final double MARGIN_SECONDS = 0.5;

  @Option(
      names = "--device",
      paramLabel = "BDF",
      required = true,
      split = ",",
      description = {
        "PCI address of a device that is bound to vfio-pci, such as 0000:41:00.0. More than one:"
            + " separated by commas, with as many sockets."
      })
  private List<String> devices;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      required = true,
      split = ",",
      description = "The Unix socket where the VMM finds the device, at most 107 bytes.")
  private List<Path> sockets;

  @Option(
      names = "--gate",
      paramLabel = "plug|hold|sync",
      defaultValue = "plug",
      description = {
        "How the guest comes to a device whose memory is not mapped yet. plug: it boots without,"
            + " and gets the device plugged once that may do DMA. hold: it has the device from the"
            + " start, and a driver that asks for DMA waits; needs --balloon-socket. sync: it waits"
            + " until all memory is mapped. Default: ${DEFAULT-VALUE}."
      })
  private GatePolicy gate;

  @Option(
      names = "--memory-socket",
      paramLabel = "PATH",
      description = {
        "With plug: the socket of a device that does nothing, which the VMM has from the start and"
            + " shares the guest's memory by. Default: that of the first device, and '.memory'."
      })
  private Optional<Path> memorySocket = Optional.empty();

  @Option(
      names = "--balloon-socket",
      paramLabel = "PATH",
      description = {
        "Serve a balloon there, over vhost-user: a guest whose driver takes memory out of use has"
            + " its device earlier."
      })
  private Optional<Path> balloonSocket = Optional.empty();

  @Option(
      names = "--resident",
      paramLabel = "SIZE",
      description = {
        "What the balloon is never asked for. Default: a 64th of memory and 1G, at most half."
      })
  private Optional<ByteSize> resident = Optional.empty();

  @Option(
      names = "--qmp",
      paramLabel = "PATH",
      description = {
        "With plug: QEMU's monitor, a Unix socket, by which the device is plugged. Without it a"
            + " line on standard output tells when to plug it."
      })
  private Optional<Path> qmp = Optional.empty();

  @Option(
      names = "--qmp-bus",
      paramLabel = "ID",
      defaultValue = "rp",
      split = ",",
      description = {
        "With --qmp: the id of the port that the device is plugged into, one for each device."
            + " Default: ${DEFAULT-VALUE}."
      })
  private List<String> buses;

  @Option(
      names = "--message-timeout",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = {
        "How long QEMU waits for an answer: its x-msg-timeout. A driver is kept waiting for half a"
            + " second less. Default: ${DEFAULT-VALUE}."
      })
  private double messageTimeout;

  /**
   * Returns all of it.
   *
   * @throws IllegalArgumentException if it does not go together: the message has what to do
   */
  PassthroughSettings settings() {
    List<PciAddress> addresses = devices.stream().map(PciAddress::new).toList();
    requireAsMany("--socket", sockets.size());
    if (gate == GatePolicy.HOLD && balloonSocket.isEmpty()) {
      throw new IllegalArgumentException(
          "--gate hold: expected --balloon-socket with it, since without a balloon a driver would"
              + " wait for all memory; take plug, or sync");
    }
    if (gate != GatePolicy.PLUG && (memorySocket.isPresent() || qmp.isPresent())) {
      throw new IllegalArgumentException(
          "--gate %s: --memory-socket and --qmp are for --gate plug".formatted(gate));
    }
    if (!(messageTimeout >= LEAST_TIMEOUT_SECONDS
        && messageTimeout <= Integer.MAX_VALUE / 1000.0)) {
      throw new IllegalArgumentException(
          "--message-timeout %s: expected seconds, 1 to 2147483".formatted(messageTimeout));
    }
    return new PassthroughSettings(
        addresses,
        sockets,
        gate == GatePolicy.PLUG ? Optional.of(memoryPath()) : Optional.empty(),
        balloonSocket,
        gate,
        resident.map(size -> ServeCommand.wholePages("--resident", size)),
        Duration.ofNanos((long) ((messageTimeout - MARGIN_SECONDS) * 1e9)));
  }

  /** Returns who plugs devices, if not somebody else. */
  Optional<QmpPlug> plug() {
    if (qmp.isPresent()) {
      requireAsMany("--qmp-bus", buses.size());
    }
    return qmp.map(monitor -> new QmpPlug(monitor, buses));
  }

  private Path memoryPath() {
    return memorySocket.orElseGet(() -> Path.of(sockets.getFirst() + ".memory"));
  }

  private void requireAsMany(String option, int count) {
    if (count != devices.size()) {
      throw new IllegalArgumentException(
          "%s: %d for %d devices: expected one for each, separated by commas"
              .formatted(option, count, devices.size()));
    }
  }

  long messageTimeoutMillis() {
    return Math.round(messageTimeout * 1000);
  }

  List<String> buses() {
    return buses;
  }
}
