package dev.aerostat.cli.boot;

import dev.aerostat.cli.options.BalloonPageOption;
import dev.aerostat.cli.options.MapperChoice;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.Variant;
import dev.aerostat.simulation.Withholding;
import java.util.Locale;
import java.util.Map;

/** The ways of mapping that {@code compare} sets side by side, in the order of its columns. */
@SuppressWarnings("ImmutableEnumChecker") // records and Map.of() are immutable
enum ComparedVariant {
  SYNC(Variant.SYNC, BalloonPageOption.SMALL, Map.of(), 1, "everything is mapped first: today"),
  SYNC_PREFAULT(
      Variant.SYNC, BalloonPageOption.SMALL, Map.of(), 8, "the same, populated by 8 threads"),
  ASYNC_4K_UNMERGED(
      new Variant(true, true, false),
      BalloonPageOption.SMALL,
      // type1v2 ends at 65,535 mappings: 256 MiB of pages mapped one by one.
      Map.of("rules", "iommufd"),
      1,
      "a stock driver, each page an operation and a map of its own, by iommufd's rules"),
  ASYNC_4K(
      Variant.ASYNC, BalloonPageOption.SMALL, Map.of(), 1, "a stock driver, adjacent pages merged"),
  ASYNC_MEM(
      Variant.ASYNC,
      BalloonPageOption.SMALL,
      Map.of(),
      1,
      "a stock driver of virtio-mem plugs what the guest did not boot with"),
  ASYNC_2M(
      Variant.ASYNC,
      BalloonPageOption.LARGE,
      Map.of(),
      1,
      "a driver patched to balloon 2 MiB pages"),
  ASYNC_2M_NO_PREMAP(
      new Variant(true, false, true),
      BalloonPageOption.LARGE,
      Map.of(),
      1,
      "the same, but memory is mapped only once the guest asks for it");

  private final Variant variant;
  private final BalloonPageOption balloonPage;
  private final Map<String, String> mapperOptions;
  private final int prefaultThreads;
  private final String meaning;

  ComparedVariant(
      Variant variant,
      BalloonPageOption balloonPage,
      Map<String, String> mapperOptions,
      int prefaultThreads,
      String meaning) {
    this.variant = variant;
    this.balloonPage = balloonPage;
    this.mapperOptions = mapperOptions;
    this.prefaultThreads = prefaultThreads;
    this.meaning = meaning;
  }

  /** Returns the boot that measures this variant with so much memory. */
  BootScenario scenario(ByteSize memory) {
    return new BootScenario(
            memory.bytes(),
            Defaults.resident(memory).bytes(),
            balloonPage.size().bytes(),
            variant,
            GuestBehaviour.LINUX,
            MapperChoice.DEFAULT,
            mapperOptions,
            prefaultThreads,
            Defaults.DRIVER_AFTER.nanos(),
            Defaults.SEED)
        .withWithholding(this == ASYNC_MEM ? Withholding.VIRTIO_MEM : Withholding.BALLOON);
  }

  /** Returns a few words about what the variant is. */
  String meaning() {
    return meaning;
  }

  /** The name as users read it: {@code async-4k}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
