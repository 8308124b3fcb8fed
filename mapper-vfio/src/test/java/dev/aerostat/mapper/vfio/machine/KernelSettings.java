package dev.aerostat.mapper.vfio.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What root may change in the emulated machine. */
final class KernelSettings {
  private static final Path ENTRY_LIMIT =
      Path.of("/sys/module/vfio_iommu_type1/parameters/dma_entry_limit");

  private KernelSettings() {}

  /** Limits the mappings of containers that are opened from now on. */
  static void limitEntries(int limit) {
    try {
      Files.writeString(ENTRY_LIMIT, Integer.toString(limit));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static int entryLimit() {
    try {
      return Integer.parseInt(Files.readString(ENTRY_LIMIT).strip());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
