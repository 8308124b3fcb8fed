package dev.aerostat.mapper.vfio;

import dev.aerostat.api.GuestRange;
import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostFinding;
import java.util.List;
import java.util.OptionalLong;

/**
 * The limit of a type1 container on its mappings, against those that a guest needs. With fewer of
 * them each must be larger, and what a page waits for that the guest takes back is one mapping.
 */
final class EntryLimit {
  private static final String PARAMETER = "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit";

  /** The kernel's own ({@code dma_entry_limit}, drivers/vfio/vfio_iommu_type1.c). */
  private static final long DEFAULT = 65_535;

  /** What an engine leaves to its VMM unless it is told otherwise. */
  private static final long RESERVED = 32;

  private static final long SMALLEST_GRANULE = 2L << 20;
  private static final long LARGEST_GRANULE = 1L << 44;

  /** Populated and mapped in 15 ms. */
  private static final long LARGE_GRANULE = 64L << 20;

  /** To populate and to map 1 GiB on one thread, as the model of docs/model.md does. */
  private static final long MILLIS_PER_GIB = 235;

  private EntryLimit() {}

  static HostFinding examine(HostExamination asked) {
    OptionalLong limit = asked.host().number(PARAMETER);
    return limit.isPresent() && limit.getAsLong() >= 0
        ? examine(asked.ram(), limit.getAsLong())
        : HostFinding.unknown(
            "mappings",
            "vfio_iommu_type1 does not tell its limit; it is %,d unless somebody changed it"
                .formatted(DEFAULT),
            "",
            List.of("sudo modprobe vfio_iommu_type1"));
  }

  private static HostFinding examine(List<GuestRange> ram, long limit) {
    long granule = granule(ram, limit - RESERVED);
    String most = "at most %,d a container (dma_entry_limit)".formatted(limit);
    if (granule > LARGEST_GRANULE) {
      return HostFinding.missing(
          "mappings", most, "the guest is refused: it needs one for each region", raised(ram));
    }
    String granules = "%s, so in granules of %s".formatted(most, size(granule));
    return granule > LARGE_GRANULE
        ? HostFinding.warning(
            "mappings",
            granules,
            "a page that the guest takes back may wait for a whole granule, about %,d ms"
                .formatted((granule * MILLIS_PER_GIB) >> 30),
            raised(ram))
        : HostFinding.ok("mappings", granules);
  }

  /** As the engine plans them; one that is too large for any guest if not even those fit. */
  private static long granule(List<GuestRange> ram, long entries) {
    long granule = SMALLEST_GRANULE;
    while (granule <= LARGEST_GRANULE && count(ram, granule) > entries) {
      granule *= 2;
    }
    return granule;
  }

  private static long count(List<GuestRange> ram, long granule) {
    return ram.stream()
        .mapToLong(range -> (range.end() - 1) / granule - range.start() / granule + 1)
        .sum();
  }

  private static List<String> raised(List<GuestRange> ram) {
    long enough = Math.max(DEFAULT, count(ram, LARGE_GRANULE) + RESERVED);
    return List.of("echo %d | sudo tee %s".formatted(enough, PARAMETER));
  }

  private static String size(long bytes) {
    return bytes < 1L << 30 ? (bytes >> 20) + " MiB" : (bytes >> 30) + " GiB";
  }
}
