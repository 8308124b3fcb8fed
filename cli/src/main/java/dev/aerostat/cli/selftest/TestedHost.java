package dev.aerostat.cli.selftest;

import dev.aerostat.cli.doctor.LockLimit;
import dev.aerostat.mapper.spi.HostTree;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperAvailability;
import java.util.Map;

/**
 * Where a mapper is tried: what a bug report must say of it.
 *
 * @param kernel name, release and architecture
 * @param java release and name of the virtual machine
 * @param mapper name of the plugin
 * @param options its settings
 * @param available whether it claims to work here
 * @param detail what it found, or lacks
 * @param memoryLock what this process may lock
 */
record TestedHost(
    String kernel,
    String java,
    String mapper,
    Map<String, String> options,
    boolean available,
    String detail,
    String memoryLock) {
  static TestedHost of(InstalledMapper mapper, Map<String, String> options) {
    MapperAvailability availability = mapper.availability();
    return new TestedHost(
        "%s %s (%s)".formatted(property("os.name"), property("os.version"), property("os.arch")),
        "%s (%s)".formatted(Runtime.version(), property("java.vm.name")),
        mapper.name(),
        options,
        availability instanceof MapperAvailability.Available,
        switch (availability) {
          case MapperAvailability.Available(String found) -> found;
          case MapperAvailability.Unavailable(String reason) -> reason;
        },
        LockLimit.of(HostTree.local()).toString());
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
