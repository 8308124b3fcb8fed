package dev.aerostat.architecture;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The module table of {@code docs/architecture.md}: who may use whom. Everybody may use the API.
 */
final class ModuleTable {
  static final String ROOT = "dev.aerostat";
  static final String API = "dev.aerostat.api";
  static final String TRACKER = "dev.aerostat.tracker";
  static final String MAPPER_SPI = "dev.aerostat.mapper.spi";
  static final String MAPPER_CONTRACT = "dev.aerostat.mapper.contract";
  static final String MAPPER_SIM = "dev.aerostat.mapper.sim";
  static final String MAPPER_VFIO = "dev.aerostat.mapper.vfio";
  static final String MEMORY_LINUX = "dev.aerostat.memory.linux";
  static final String VIRTIO = "dev.aerostat.virtio";
  static final String BALLOON_VIRTIO = "dev.aerostat.balloon.virtio";
  static final String MEM_VIRTIO = "dev.aerostat.mem.virtio";
  static final String VHOST_USER = "dev.aerostat.vhost.user";
  static final String VFIO_USER = "dev.aerostat.vfio.user";
  static final String ENGINE = "dev.aerostat.engine";
  static final String METRICS_MICROMETER = "dev.aerostat.metrics.micrometer";
  static final String TESTKIT = "dev.aerostat.testkit";
  static final String OBSERVER = "dev.aerostat.observer";
  static final String GUEST_SIM = "dev.aerostat.guest.sim";
  static final String VHOST_GUEST = "dev.aerostat.vhost.guest";
  static final String SIMULATION = "dev.aerostat.simulation";
  static final String CLI = "dev.aerostat.cli";
  static final String EXAMPLES = "dev.aerostat.examples";
  static final String VMM = "dev.aerostat.vmm";

  /**
   * Directories that hold no module: versions, archives, tests and benchmarks on the class path.
   */
  static final Set<String> WITHOUT_MODULE =
      Set.of("bom", "dist", "lab/architecture", "lab/bench", "lab/site");

  /** Programs: they may print. */
  static final Set<String> PROGRAMS = Set.of(CLI, EXAMPLES, VMM);

  private static final List<Row> ROWS =
      List.of(
          new Row("api", API),
          new Row("tracker", TRACKER),
          new Row("mapper-spi", MAPPER_SPI),
          new Row("mapper-sim", MAPPER_SIM, MAPPER_SPI),
          new Row("memory-linux", MEMORY_LINUX),
          new Row("mapper-vfio", MAPPER_VFIO, MAPPER_SPI, MEMORY_LINUX),
          new Row("virtio", VIRTIO),
          new Row("balloon-virtio", BALLOON_VIRTIO, VIRTIO),
          new Row("mem-virtio", MEM_VIRTIO, VIRTIO),
          new Row("vhost-user", VHOST_USER, VIRTIO, BALLOON_VIRTIO, MEMORY_LINUX),
          new Row("vfio-user", VFIO_USER, MEMORY_LINUX, MAPPER_VFIO),
          new Row("engine", ENGINE, TRACKER, MAPPER_SPI, VIRTIO, BALLOON_VIRTIO, MEM_VIRTIO),
          new Row("metrics-micrometer", METRICS_MICROMETER, ENGINE, BALLOON_VIRTIO, VIRTIO),
          new Row("testkit/mapper-contract", MAPPER_CONTRACT, MAPPER_SPI),
          new Row("testkit/contracts", TESTKIT, MAPPER_SPI, MAPPER_CONTRACT),
          new Row("testkit/observer", OBSERVER, MAPPER_SPI),
          new Row("testkit/guest-sim", GUEST_SIM),
          new Row("testkit/vhost-guest", VHOST_GUEST, GUEST_SIM, MEMORY_LINUX),
          new Row(
              "testkit/simulation",
              SIMULATION,
              ENGINE,
              GUEST_SIM,
              OBSERVER,
              TRACKER,
              MAPPER_SPI,
              VIRTIO,
              BALLOON_VIRTIO,
              MEM_VIRTIO,
              MEMORY_LINUX),
          new Row(
              "cli",
              CLI,
              SIMULATION,
              GUEST_SIM,
              ENGINE,
              TRACKER,
              VIRTIO,
              BALLOON_VIRTIO,
              VHOST_USER,
              VFIO_USER,
              MEMORY_LINUX,
              MAPPER_VFIO,
              MAPPER_SPI,
              MAPPER_CONTRACT),
          new Row(
              "lab/examples",
              EXAMPLES,
              TRACKER,
              MAPPER_SPI,
              MAPPER_SIM,
              MEMORY_LINUX,
              MAPPER_VFIO,
              VIRTIO,
              BALLOON_VIRTIO,
              ENGINE,
              TESTKIT,
              GUEST_SIM,
              SIMULATION),
          new Row(
              "lab/vmm",
              VMM,
              ENGINE,
              MAPPER_SPI,
              MAPPER_VFIO,
              MEMORY_LINUX,
              VIRTIO,
              BALLOON_VIRTIO));

  private ModuleTable() {}

  /**
   * Finds what a directory of the root pom holds.
   *
   * @throws IllegalStateException if the table has no such row
   */
  static Row ofDirectory(String directory) {
    return ROWS.stream()
        .filter(row -> row.directory().equals(directory))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the root pom has a module '%s' that is not in the module table; say in %s and"
                            .formatted(directory, ModuleTable.class.getName())
                        + " in docs/architecture.md what it holds and whom it may use"));
  }

  /**
   * Returns whom a module may use, itself and the API included; nobody for one not in the table.
   */
  static Set<String> usableBy(String module) {
    return ROWS.stream()
        .filter(row -> row.module().equals(module))
        .findFirst()
        .map(Row::usable)
        .orElse(Set.of());
  }

  /** Finds the module that a package belongs to by its name; empty text if none of ours. */
  static String moduleOf(String packageName) {
    return ROWS.stream()
        .map(Row::module)
        .filter(module -> (packageName + ".").startsWith(module + "."))
        .findFirst()
        .orElse("");
  }

  /**
   * A row of the table.
   *
   * @param directory path from the root of the project
   * @param module the module's name
   * @param usable modules that it may use, itself and the API included
   */
  record Row(String directory, String module, Set<String> usable) {
    Row(String directory, String module, String... uses) {
      this(directory, module, new HashSet<>(Set.of(uses)));
    }

    Row {
      usable.add(module);
      usable.add(API);
    }
  }
}
