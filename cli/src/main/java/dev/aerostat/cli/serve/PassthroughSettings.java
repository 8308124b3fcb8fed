package dev.aerostat.cli.serve;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.cli.options.GatePolicy;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.vhost.user.VhostUserServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a guest gets its devices with. Immutable.
 *
 * @param devices addresses of the devices
 * @param sockets where each of them is served
 * @param memorySocket where the device that only brings the memory is served, with {@code plug}
 * @param balloonSocket where the balloon is served, if there is one
 * @param policy how the guest comes to its devices
 * @param resident what the balloon is never asked for, if the user said so
 * @param budget how long a driver that asks for DMA may be kept waiting
 */
record PassthroughSettings(
    List<PciAddress> devices,
    List<Path> sockets,
    Optional<Path> memorySocket,
    Optional<Path> balloonSocket,
    GatePolicy policy,
    Optional<ByteSize> resident,
    Duration budget) {
  /** How the balloon presents itself. */
  BalloonSettings balloon() {
    return VhostUserServer.settings();
  }

  EngineSettings engine(GuestMemory memory) {
    EngineSettings.Builder settings =
        EngineSettings.builder(memory)
            .strategy(policy == GatePolicy.SYNC ? Strategy.SYNC : Strategy.ASYNC);
    resident.ifPresent(size -> settings.guestMinimumBytes(size.bytes()));
    return settings.build();
  }
}
