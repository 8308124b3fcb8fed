package dev.aerostat.cli.serve;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.cli.options.BalloonPageOption;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.spi.InstalledMapper;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is the same for all guests that are served. Immutable.
 *
 * @param strategy when the gate opens
 * @param resident what the balloon is never asked for, if the user said so
 * @param device how the balloon presents itself
 * @param mapper opened for each guest anew
 * @param mapperOptions its options
 */
record ServeSettings(
    Strategy strategy,
    Optional<ByteSize> resident,
    BalloonSettings device,
    InstalledMapper mapper,
    Map<String, String> mapperOptions) {
  String strategyName() {
    return strategy.name().toLowerCase(Locale.ROOT);
  }

  /** Returns what a driver balloons at a time that has negotiated these features. */
  ByteSize balloonPage(long features) {
    return balloonPage(((features >>> device.hugePageFeatureBit()) & 1) != 0);
  }

  static ByteSize balloonPage(boolean large) {
    return (large ? BalloonPageOption.LARGE : BalloonPageOption.SMALL).size();
  }

  /** Returns the engine's settings for one guest. */
  EngineSettings engine(GuestMemory memory) {
    EngineSettings.Builder settings = EngineSettings.builder(memory).strategy(strategy);
    resident.ifPresent(size -> settings.guestMinimumBytes(size.bytes()));
    return settings.build();
  }
}
