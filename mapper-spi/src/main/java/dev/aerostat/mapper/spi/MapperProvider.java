package dev.aerostat.mapper.spi;

import dev.aerostat.api.HostRefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Opens mappers of one kind: what a plugin provides as a service.
 *
 * <p>A provider has a public constructor without parameters that does nothing, and carries {@link
 * MapperName}. Its methods are safe for use by any thread.
 */
public interface MapperProvider {
  /**
   * Looks whether this host has what the mapper needs. Must not initialise anything native, open a
   * device, or throw.
   *
   * @return available, or why not
   */
  MapperAvailability availability();

  /**
   * Returns whether the host behind the mapper is simulated: it then spends all of its time on the
   * request's {@link MapperRequest#meter() meter} and touches no memory, so that it works on a
   * virtual clock and for a guest that is larger than this host. By default it is not.
   *
   * @return false for a mapper that works in real time, on real memory
   */
  default boolean simulated() {
    return false;
  }

  /**
   * Examines what of the mapper's needs this host has, as {@code aerostat doctor} prints it. Like
   * {@link #availability} it must not initialise anything native or open a device. By default it
   * finds what {@code availability} does; a mapper that knows more says what is missing, what that
   * costs and how to put it right, one thing after the other in the order of mending them.
   *
   * <p>What every mapper needs, such as enough memory and leave to lock it, is examined by the
   * command.
   *
   * @param examination what the host is examined for
   * @return what was found, at least one thing; a mapper works if none is {@link
   *     HostFinding.Verdict#MISSING}
   * @throws IllegalArgumentException if a device's name is not of the form that the mapper takes:
   *     the message names it and what was expected
   */
  default List<HostFinding> examine(HostExamination examination) {
    return List.of(
        switch (availability()) {
          case MapperAvailability.Available(String detail) -> HostFinding.ok("mapper", detail);
          case MapperAvailability.Unavailable(String reason) ->
              HostFinding.missing("mapper", reason, "", List.of());
        });
  }

  /**
   * Opens a mapper.
   *
   * @param request what it is opened for
   * @return an open mapper; the caller closes it
   * @throws HostRefusedException if the host refuses
   * @throws IllegalArgumentException if an option is unknown or its value cannot be used: the
   *     message names it and what was expected
   */
  DmaMapper open(MapperRequest request) throws HostRefusedException;

  /**
   * Finds all plugins on the module path and class path, without initialising any. One that is
   * registered and cannot be loaded does not keep the others from being found: it is unavailable.
   *
   * <p>Finds those that the {@linkplain Thread#getContextClassLoader() context class loader} of the
   * current thread sees. So a program that loads plugins of its users, into a {@link ModuleLayer}
   * or a class loader, has them found by making that loader the thread's; threads started later
   * have it too.
   *
   * @return sorted by name
   */
  static List<InstalledMapper> installed() {
    var found = new ArrayList<InstalledMapper>();
    var providers = ServiceLoader.load(MapperProvider.class).stream().iterator();
    while (true) {
      try {
        if (!providers.hasNext()) {
          found.sort(Comparator.comparing(InstalledMapper::name));
          return List.copyOf(found);
        }
        found.add(InstalledMapper.of(providers.next()));
      } catch (ServiceConfigurationError broken) {
        found.add(InstalledMapper.broken(broken));
      }
    }
  }

  /**
   * Finds a plugin by its name.
   *
   * @param name as in {@link MapperName}
   * @return the plugin, or empty if none has that name
   */
  static Optional<InstalledMapper> named(String name) {
    return installed().stream().filter(mapper -> mapper.name().equals(name)).findFirst();
  }
}
