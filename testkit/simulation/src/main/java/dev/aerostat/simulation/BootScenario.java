package dev.aerostat.simulation;

import dev.aerostat.api.Pages;
import java.util.Map;

/**
 * One boot to simulate. Immutable.
 *
 * @param memoryBytes RAM of the guest, holes not counted: a multiple of 2 MiB, 64 MiB to 16 TiB
 *     less 2 GiB
 * @param guestMinimumBytes what is never asked of the balloon: a multiple of 4 KiB, 0 to {@code
 *     memoryBytes}
 * @param balloonPageBytes what the guest balloons at a time: 4 KiB or 2 MiB
 * @param variant how memory is mapped
 * @param guest how the guest behaves
 * @param mapper name of the mapper plugin
 * @param mapperOptions the plugin's own settings
 * @param prefaultThreads host threads that populate and map, 1 or more
 * @param driverAfterNanos when the guest's balloon driver loads, from the VMM's start, 0 or more
 * @param seed decides everything that is random
 * @param tracker what keeps the balloon's pages
 * @param withholding what keeps memory from the guest until it is mapped. With virtio-mem the guest
 *     boots with {@code guestMinimumBytes}, plus what is no whole 128 MiB of the rest, and plugs
 *     that rest
 */
public record BootScenario(
    long memoryBytes,
    long guestMinimumBytes,
    long balloonPageBytes,
    Variant variant,
    GuestBehaviour guest,
    String mapper,
    Map<String, String> mapperOptions,
    int prefaultThreads,
    long driverAfterNanos,
    long seed,
    TrackerKind tracker,
    Withholding withholding) {
  /**
   * Checks the scenario.
   *
   * @throws IllegalArgumentException if a value is outside what is said above: the message names it
   */
  public BootScenario {
    mapperOptions = Map.copyOf(mapperOptions);
    var _ = GuestLayout.q35(memoryBytes);
    if (guestMinimumBytes < 0
        || guestMinimumBytes > memoryBytes
        || guestMinimumBytes % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "a guest minimum of %d bytes: expected a multiple of 4 KiB from 0 to the memory, %d bytes"
              .formatted(guestMinimumBytes, memoryBytes));
    }
    if (balloonPageBytes != Pages.SIZE && balloonPageBytes != LARGE_PAGE) {
      throw new IllegalArgumentException(
          "balloon pages of %d bytes: expected 4 KiB or 2 MiB".formatted(balloonPageBytes));
    }
    if (prefaultThreads < 1) {
      throw new IllegalArgumentException(
          "%d prefault threads: expected 1 or more".formatted(prefaultThreads));
    }
    if (driverAfterNanos < 0) {
      throw new IllegalArgumentException(
          "a driver that loads after %d ns: expected 0 or more".formatted(driverAfterNanos));
    }
    if (withholding == Withholding.VIRTIO_MEM) {
      checkPlugging(variant, guest, balloonPageBytes);
    }
  }

  private static void checkPlugging(Variant variant, GuestBehaviour guest, long balloonPageBytes) {
    if (!variant.async()) {
      throw new IllegalArgumentException(
          "virtio-mem with everything mapped first: expected an asynchronous map, since a guest that"
              + " has all its memory plugs none");
    }
    if (guest != GuestBehaviour.LINUX && guest != GuestBehaviour.NONE) {
      throw new IllegalArgumentException(
          "virtio-mem and a guest '%s', which is how a balloon driver behaves: expected linux or none"
              .formatted(guest));
    }
    if (balloonPageBytes != Pages.SIZE) {
      throw new IllegalArgumentException(
          "virtio-mem and balloon pages of %d bytes: expected 4 KiB, as there is no balloon"
              .formatted(balloonPageBytes));
    }
  }

  /**
   * Creates a scenario of a balloon with the engine's own tracker.
   *
   * @param memoryBytes RAM of the guest
   * @param guestMinimumBytes what is never asked of the balloon
   * @param balloonPageBytes what the guest balloons at a time
   * @param variant how memory is mapped
   * @param guest how the guest behaves
   * @param mapper name of the mapper plugin
   * @param mapperOptions the plugin's own settings
   * @param prefaultThreads host threads that populate and map
   * @param driverAfterNanos when the guest's balloon driver loads
   * @param seed decides everything that is random
   * @throws IllegalArgumentException if a value is outside what is said above: the message names it
   */
  public BootScenario(
      long memoryBytes,
      long guestMinimumBytes,
      long balloonPageBytes,
      Variant variant,
      GuestBehaviour guest,
      String mapper,
      Map<String, String> mapperOptions,
      int prefaultThreads,
      long driverAfterNanos,
      long seed) {
    this(
        memoryBytes,
        guestMinimumBytes,
        balloonPageBytes,
        variant,
        guest,
        mapper,
        mapperOptions,
        prefaultThreads,
        driverAfterNanos,
        seed,
        TrackerKind.INTERVAL_TREE,
        Withholding.BALLOON);
  }

  /**
   * Returns the same scenario with another tracker.
   *
   * @param kind what keeps the balloon's pages
   * @return the changed copy
   */
  public BootScenario withTracker(TrackerKind kind) {
    return new BootScenario(
        memoryBytes,
        guestMinimumBytes,
        balloonPageBytes,
        variant,
        guest,
        mapper,
        mapperOptions,
        prefaultThreads,
        driverAfterNanos,
        seed,
        kind,
        withholding);
  }

  /**
   * Returns the same scenario with memory withheld in another way.
   *
   * @param way what keeps memory from the guest until it is mapped
   * @return the changed copy
   * @throws IllegalArgumentException if the scenario cannot be so: the message names what does not
   *     go with it
   */
  public BootScenario withWithholding(Withholding way) {
    return new BootScenario(
        memoryBytes,
        guestMinimumBytes,
        balloonPageBytes,
        variant,
        guest,
        mapper,
        mapperOptions,
        prefaultThreads,
        driverAfterNanos,
        seed,
        tracker,
        way);
  }

  private static final long LARGE_PAGE = 2L << 20;
}
