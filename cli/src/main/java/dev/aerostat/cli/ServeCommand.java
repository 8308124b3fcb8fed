package dev.aerostat.cli;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.spi.CostMeter;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.vhost.user.FrontEnd;
import dev.aerostat.vhost.user.HostedBalloon;
import dev.aerostat.vhost.user.VhostUserServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code aerostat serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serves a balloon to a real guest, over vhost-user.",
      "",
      "Listens on a Unix socket for User Mode Linux, or a QEMU with a generic vhost-user device."
          + " The engine runs behind the device in real time, on a simulated host unless another"
          + " mapper is chosen. Ends with Ctrl-C.%n"
    })
final class ServeCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--socket",
      required = true,
      paramLabel = "PATH",
      description = "The Unix socket to listen on; nothing may be there.")
  private Path socket = Path.of("");

  @Option(
      names = "--resident",
      paramLabel = "SIZE",
      description =
          "What is never asked of the balloon. Default: a 64th of memory and 1G, at most half.")
  private Optional<ByteSize> resident = Optional.empty();

  @Option(
      names = "--balloon",
      paramLabel = "SIZE",
      description = "How large the balloon stays after the boot, in whole pages of 4K. Default: 0.")
  private ByteSize balloon = new ByteSize(0);

  @Option(names = "--once", description = "End when the first guest is gone.")
  private boolean once;

  @Mixin private final MapperChoice mapper = new MapperChoice();

  ServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    MapperProvider provider = MapperProvider.named(mapper.name()).orElseThrow();
    BalloonSettings device = VhostUserServer.settings();
    try (var server =
        VhostUserServer.listen(
            socket, device, (memory, frontEnd) -> host(provider, memory, frontEnd, device))) {
      var end = new Thread(server::close, "aerostat-end");
      Runtime.getRuntime().addShutdownHook(end);
      console.print("listening on %s\n".formatted(socket));
      while (server.serve() && !once) {
        console.print("the guest is gone; listening on %s\n".formatted(socket));
      }
    }
    return 0;
  }

  private HostedBalloon host(
      MapperProvider provider, GuestMemory memory, FrontEnd frontEnd, BalloonSettings device)
      throws IOException {
    EngineSettings usual = EngineSettings.forMemory(memory);
    long residentBytes = resident.map(ByteSize::bytes).orElse(usual.residentBytes());
    AsyncDmaMap engine =
        AsyncDmaMap.builder(memory, open(provider, memory), new ReportedGate(console))
            .settings(usual.withResidentBytes(residentBytes))
            .device(device)
            .interrupts(new FrontEndInterrupts(frontEnd))
            .listener(new ServeReport(console))
            .build();
    engine.operatorTarget(Math.min(balloon.bytes(), memory.bytes()));
    engine.start();
    return new ServedBalloon(engine);
  }

  private DmaMapper open(MapperProvider provider, GuestMemory memory) throws IOException {
    try {
      return provider.open(new MapperRequest(memory, mapper.options(), 1, CostMeter.realTime()));
    } catch (HostRefusedException refusal) {
      throw new IOException("the mapper cannot be opened: " + refusal.getMessage(), refusal);
    }
  }
}
