package dev.aerostat.vhost.user;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.EngineSettings;
import java.util.function.UnaryOperator;

/**
 * How a test wants device, engine and mapper to be.
 *
 * @param device how the device presents itself
 * @param engine changes the engine's usual settings
 * @param targetMib the operator's target when the engine starts
 * @param mapMillis how long each map takes
 */
record ServedSetup(
    BalloonSettings device,
    UnaryOperator<EngineSettings.Builder> engine,
    long targetMib,
    long mapMillis) {

  static ServedSetup target(long mib) {
    return new ServedSetup(VhostUserServer.settings(), UnaryOperator.identity(), mib, 0);
  }

  ServedSetup device(UnaryOperator<BalloonSettings> change) {
    return new ServedSetup(change.apply(device), engine, targetMib, mapMillis);
  }

  /** Without pre-map a deflate finds its pages unmapped. */
  ServedSetup onDemand() {
    return new ServedSetup(device, settings -> settings.preMap(false), targetMib, mapMillis);
  }

  /** Leaves the guest so little at first that nearly all of it is ballooned. */
  ServedSetup residentMib(long mib) {
    return new ServedSetup(
        device, settings -> settings.guestMinimumBytes(mib << 20), targetMib, mapMillis);
  }

  /** Slow enough that the driver is there before all is mapped. */
  ServedSetup mapTakes(long millis) {
    return new ServedSetup(device, engine, targetMib, millis);
  }
}
