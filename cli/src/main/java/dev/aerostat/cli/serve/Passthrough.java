package dev.aerostat.cli.serve;

import dev.aerostat.api.CompositeGate;
import dev.aerostat.cli.options.GatePolicy;
import dev.aerostat.mapper.vfio.RemovalWatch;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.socket.AllClosed;
import dev.aerostat.vfio.user.EarlyDmaAnswer;
import dev.aerostat.vfio.user.NullDevice;
import dev.aerostat.vfio.user.RelayedDevice;
import dev.aerostat.vfio.user.ServedDevice;
import dev.aerostat.vfio.user.VfioUserGuest;
import dev.aerostat.vfio.user.VfioUserServer;
import dev.aerostat.vhost.user.VhostUserServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * All that is served for a guest, each on a socket and a thread of its own: its devices, what
 * brings the memory, and its balloon. Safe for use by any thread.
 */
final class Passthrough implements AutoCloseable {
  /** A mass storage device (PCI Code and ID Assignment Specification, section 1.2). */
  private static final int STORAGE = 1;

  private static final int CLASS = 0x0b;

  private final ServeLog log;
  private final List<Served> all = new ArrayList<>();
  private final List<RemovalWatch> removals = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** A server, and what it is called. */
  private record Served(String name, Path socket, Loop loop, AllClosed.Closeable server) {}

  /** Serves a client to its end; false if there will be no other. */
  @FunctionalInterface
  private interface Loop {
    boolean serve() throws IOException;
  }

  private Passthrough(ServeLog log) {
    this.log = log;
  }

  /**
   * Listens on all sockets.
   *
   * @param mapper of the devices; it stays the caller's
   * @param plug plugs the devices, if not somebody else does
   */
  static Passthrough of(
      PassthroughSettings settings, VfioMapper mapper, Optional<QmpPlug> plug, ServeLog log)
      throws IOException {
    var passthrough = new Passthrough(log);
    boolean whole = false;
    try {
      passthrough.listen(settings, mapper, plug);
      whole = true;
      return passthrough;
    } finally {
      if (!whole) {
        passthrough.close();
      }
    }
  }

  private void listen(PassthroughSettings settings, VfioMapper mapper, Optional<QmpPlug> plug)
      throws IOException {
    var early = new LateAnswer();
    var devices = new ArrayList<RelayedDevice>();
    for (VfioDevice device : mapper.devices()) {
      requireHoldable(settings, device);
      devices.add(new RelayedDevice(device, early));
      removals.add(device.watchRemoval(() -> wanted(device)));
    }
    var guest =
        new PassthroughGuest(
            settings,
            mapper,
            CompositeGate.of(devices.stream().map(RelayedDevice::gate).toList()),
            log,
            () -> plug(settings.sockets(), plug));
    early.connect(guest);
    var its = new VfioUserGuest(guest);
    if (settings.memorySocket().isPresent()) {
      serve(its, "the guest's memory", settings.memorySocket().get(), new NullDevice());
    }
    for (int i = 0; i < devices.size(); i++) {
      serve(its, "device " + settings.devices().get(i), settings.sockets().get(i), devices.get(i));
    }
    if (settings.balloonSocket().isPresent()) {
      Path path = settings.balloonSocket().get();
      VhostUserServer server =
          VhostUserServer.listen(path, settings.balloon(), new PassthroughBalloon(guest));
      all.add(new Served("the balloon", path, server::serve, server::close));
    }
  }

  private void serve(VfioUserGuest guest, String name, Path path, ServedDevice device)
      throws IOException {
    VfioUserServer server = guest.listen(path, device);
    all.add(new Served(name, path, server::serve, server::close));
  }

  private static void requireHoldable(PassthroughSettings settings, VfioDevice device)
      throws IOException {
    if (settings.policy() == GatePolicy.HOLD && device.readConfig(CLASS, 1) == STORAGE) {
      throw new IOException(
          "device %s is storage, with which firmware does DMA before a balloon's driver is up: take --gate plug if the guest does not boot from it, or sync"
              .formatted(device));
    }
  }

  private void plug(List<Path> sockets, Optional<QmpPlug> plug) {
    for (int i = 0; i < sockets.size(); i++) {
      Path socket = sockets.get(i);
      if (plug.isEmpty()) {
        log.tell(PassthroughEvent.plugNow(socket));
      } else {
        try {
          plug.get().plug(i, socket);
          log.tell(PassthroughEvent.plugged(socket));
        } catch (IOException refused) {
          log.complain(
              OptionalInt.empty(),
              0,
              PassthroughEvent.notPlugged(String.valueOf(refused.getMessage())));
        }
      }
    }
  }

  private void wanted(VfioDevice device) {
    log.tell(PassthroughEvent.deviceWanted(device.toString()));
    end();
  }

  /** Starts to serve. */
  synchronized void start() {
    for (Served each : all) {
      log.tell(PassthroughEvent.serving(each.name(), each.socket()));
      threads.add(Thread.ofPlatform().name("aerostat-" + each.socket()).start(() -> run(each)));
    }
  }

  private void run(Served each) {
    boolean more = true;
    while (more) {
      try {
        more = each.loop().serve();
      } catch (IOException broken) {
        log.complain(
            OptionalInt.empty(),
            0,
            ServeEvent.sessionFailed("%s: %s".formatted(each.name(), broken.getMessage())));
      }
    }
    log.tell(ServeEvent.ended(each.socket()));
  }

  /** Waits until nothing is served any more. */
  void awaitEnd() {
    List<Thread> started;
    synchronized (this) {
      started = List.copyOf(threads);
    }
    try {
      for (Thread each : started) {
        each.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end();
  }

  /** Ends all sessions. When this returns no device does DMA, and nothing is mapped. */
  void end() {
    var parts = new ArrayList<AllClosed.Closeable>();
    all.forEach(each -> parts.add(each.server()));
    removals.forEach(watch -> parts.add(watch::close));
    AllClosed.close(parts);
  }

  /** Devices are there before the guest that answers for them. */
  private static final class LateAnswer implements EarlyDmaAnswer {
    private volatile Optional<EarlyDmaAnswer> answer = Optional.empty();

    void connect(EarlyDmaAnswer now) {
      answer = Optional.of(now);
    }

    @Override
    public CompletableFuture<Void> asked(CompletableFuture<Void> gateOpen) {
      return answer.map(it -> it.asked(gateOpen)).orElse(CompletableFuture.completedFuture(null));
    }
  }
}
