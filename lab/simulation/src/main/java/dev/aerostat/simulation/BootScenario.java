package dev.aerostat.simulation;

import java.util.Map;

/**
 * One boot to simulate. Immutable.
 *
 * @param memoryBytes RAM of the guest, holes not counted: a multiple of 2 MiB, 64 MiB to 16 TiB less
 *     2 GiB
 * @param residentBytes what is never asked of the balloon: a multiple of 4 KiB, 0 to {@code
 *     memoryBytes}
 * @param balloonPageBytes what the guest balloons at a time: 4 KiB or 2 MiB
 * @param variant how memory is mapped
 * @param guest how the guest behaves
 * @param mapper name of the mapper plugin
 * @param mapperOptions the plugin's own settings
 * @param prefaultThreads host threads that populate and map, 1 or more
 * @param driverAfterNanos when the guest's balloon driver loads, from the VMM's start, 0 or more
 * @param seed decides everything that is random
 */
public record BootScenario(
    long memoryBytes,
    long residentBytes,
    long balloonPageBytes,
    Variant variant,
    GuestBehaviour guest,
    String mapper,
    Map<String, String> mapperOptions,
    int prefaultThreads,
    long driverAfterNanos,
    long seed) {}
