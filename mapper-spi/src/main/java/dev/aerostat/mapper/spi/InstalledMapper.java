package dev.aerostat.mapper.spi;

import dev.aerostat.api.HostRefusedException;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * A plugin that was found, not yet initialised.
 *
 * <p>Safe for use by any thread.
 */
public final class InstalledMapper {
  private static final String UNKNOWN = "?";

  private final String name;
  private final String type;
  private final Supplier<MapperProvider> provider;

  private InstalledMapper(String name, String type, Supplier<MapperProvider> provider) {
    this.name = name;
    this.type = type;
    this.provider = provider;
  }

  static InstalledMapper of(ServiceLoader.Provider<MapperProvider> provider) {
    String type = provider.type().getName();
    String name =
        Optional.ofNullable(provider.type().getAnnotation(MapperName.class))
            .map(MapperName::value)
            .orElse(type);
    return new InstalledMapper(name, type, provider);
  }

  /** One that is registered, but cannot be found: it is listed, so that somebody notices. */
  static InstalledMapper broken(ServiceConfigurationError why) {
    return new InstalledMapper(
        UNKNOWN,
        UNKNOWN,
        () -> {
          throw why;
        });
  }

  /**
   * Returns the name to ask for.
   *
   * @return what {@link MapperName} says; the class name if the plugin forgot it; a question mark
   *     if it is registered and its class is not there
   */
  public String name() {
    return name;
  }

  /**
   * Asks the plugin whether it can work here. A plugin that fails to answer is unavailable, with
   * its failure as the reason.
   *
   * @return available, or why not
   */
  public MapperAvailability availability() {
    try {
      return provider.get().availability();
    } catch (ServiceConfigurationError | RuntimeException | LinkageError broken) {
      return new MapperAvailability.Unavailable(
          "plugin %s is broken: %s".formatted(type, failureIn(broken)));
    }
  }

  /**
   * Asks the plugin whether its host is simulated.
   *
   * @return as {@link MapperProvider#simulated}; false if the plugin fails to answer
   */
  public boolean simulated() {
    try {
      return provider.get().simulated();
    } catch (ServiceConfigurationError | RuntimeException | LinkageError broken) {
      return false;
    }
  }

  /** ServiceLoader wraps what a constructor throws, and its own message does not say what. */
  private static Throwable failureIn(Throwable broken) {
    Throwable cause = broken.getCause();
    return broken instanceof ServiceConfigurationError && cause != null ? cause : broken;
  }

  /**
   * Opens a mapper if it is available.
   *
   * @param request what it is opened for
   * @return an open mapper; the caller closes it
   * @throws IllegalStateException if the plugin is not available here: the message says why
   * @throws HostRefusedException as {@link MapperProvider#open}
   * @throws IllegalArgumentException as {@link MapperProvider#open}
   */
  public DmaMapper open(MapperRequest request) throws HostRefusedException {
    return switch (availability()) {
      case MapperAvailability.Available available -> provider.get().open(request);
      case MapperAvailability.Unavailable(String reason) ->
          throw new IllegalStateException(
              "mapper '%s' is not available: %s".formatted(name, reason));
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
