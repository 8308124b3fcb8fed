package dev.aerostat.mapper.spi;

import dev.aerostat.api.HostRefusedException;
import java.net.URI;
import java.net.URL;
import java.security.CodeSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
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
  private final Optional<String> location;
  private final Supplier<MapperProvider> provider;

  private InstalledMapper(
      String name, String type, Optional<String> location, Supplier<MapperProvider> provider) {
    this.name = name;
    this.type = type;
    this.location = location;
    this.provider = provider;
  }

  static InstalledMapper of(ServiceLoader.Provider<MapperProvider> provider) {
    String type = provider.type().getName();
    String name =
        Optional.ofNullable(provider.type().getAnnotation(MapperName.class))
            .map(MapperName::value)
            .orElse(type);
    return new InstalledMapper(name, type, locationOf(provider.type()), provider);
  }

  private static Optional<String> locationOf(Class<?> type) {
    return Optional.ofNullable(type.getProtectionDomain().getCodeSource())
        .map(CodeSource::getLocation)
        .map(URL::toString)
        .map(InstalledMapper::pathOf);
  }

  /** Loaders of others may name a place in a way that no URI has. */
  private static String pathOf(String location) {
    try {
      String path = URI.create(location).getPath();
      return location.startsWith("file:") && path != null ? path : location;
    } catch (IllegalArgumentException unescaped) {
      return location;
    }
  }

  /** One that is registered, but cannot be found: it is listed, so that somebody notices. */
  static InstalledMapper broken(ServiceConfigurationError why) {
    return new InstalledMapper(
        UNKNOWN,
        UNKNOWN,
        Optional.empty(),
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
   * Returns the class that opens the mapper.
   *
   * @return its name; a question mark if it is registered and is not there
   */
  public String provider() {
    return type;
  }

  /**
   * Returns where that class was found.
   *
   * @return a jar or a directory of the file system, or a URL of another kind such as {@code jrt:};
   *     empty if it is not known
   */
  public Optional<String> location() {
    return location;
  }

  /**
   * Asks the plugin whether it can work here. A plugin that throws is unavailable, with what it
   * threw as the reason.
   *
   * @return available, or why not
   */
  public MapperAvailability availability() {
    return ask().availability();
  }

  /**
   * Asks the plugin whether it can work here, and returns what it throws: a bug of the plugin, or
   * something that it lacks, with the stack trace that {@link #availability()} has no room for.
   *
   * @return what the plugin threw; empty if it answered
   */
  public Optional<Throwable> failure() {
    return ask().failure();
  }

  @SuppressWarnings("CatchingUnchecked") // A plugin may throw what it does not declare.
  private Answer ask() {
    try {
      return new Answer(
          Objects.requireNonNull(provider.get().availability(), "availability() returned null"),
          Optional.empty());
    } catch (Throwable broken) {
      Throwable failure = failureIn(broken);
      return new Answer(
          new MapperAvailability.Unavailable(complaint(failure)), Optional.of(failure));
    }
  }

  /**
   * Asks the plugin whether its host is simulated.
   *
   * @return as {@link MapperProvider#simulated}; false if the plugin fails to answer
   */
  @SuppressWarnings("CatchingUnchecked")
  public boolean simulated() {
    try {
      return provider.get().simulated();
    } catch (Throwable broken) {
      return false;
    }
  }

  /**
   * Asks the plugin what of its needs this host has. A plugin that fails to answer is itself what
   * is missing.
   *
   * @param examination what the host is examined for
   * @return what was found, at least one thing
   * @throws IllegalArgumentException as {@link MapperProvider#examine}
   */
  @SuppressWarnings("CatchingUnchecked")
  public List<HostFinding> examine(HostExamination examination) {
    try {
      List<HostFinding> found = List.copyOf(provider.get().examine(examination));
      return found.isEmpty()
          ? List.of(
              HostFinding.unknown(
                  "mapper", "plugin %s found nothing".formatted(type), "", List.of()))
          : found;
    } catch (Throwable broken) {
      if (broken instanceof IllegalArgumentException wrongDevice
          && !examination.devices().isEmpty()) {
        throw wrongDevice;
      }
      return List.of(HostFinding.missing("mapper", complaint(failureIn(broken)), "", List.of()));
    }
  }

  private String complaint(Throwable failure) {
    return "plugin %s%s is broken: %s"
        .formatted(type, location.map(" (%s)"::formatted).orElse(""), textOf(failure));
  }

  /** ServiceLoader wraps what a constructor throws, and its own message does not say what. */
  private static Throwable failureIn(Throwable broken) {
    Throwable cause = broken.getCause();
    return broken instanceof ServiceConfigurationError && cause != null ? cause : broken;
  }

  @SuppressWarnings("CatchingUnchecked")
  private static String textOf(Throwable thrown) {
    try {
      return thrown.toString();
    } catch (Throwable _) {
      return thrown.getClass().getName() + " (its message cannot be read)";
    }
  }

  /**
   * Opens a mapper if it is available.
   *
   * @param request what it is opened for
   * @return an open mapper; the caller closes it
   * @throws IllegalStateException if the plugin is not available here: the message says why, and
   *     the cause is what the plugin threw, if it did
   * @throws HostRefusedException as {@link MapperProvider#open}
   * @throws IllegalArgumentException as {@link MapperProvider#open}
   */
  public DmaMapper open(MapperRequest request) throws HostRefusedException {
    Answer answer = ask();
    return switch (answer.availability()) {
      case MapperAvailability.Available _ -> openAvailable(request);
      case MapperAvailability.Unavailable(String reason) -> {
        var refusal =
            new IllegalStateException("mapper '%s' is not available: %s".formatted(name, reason));
        var _ = answer.failure().map(refusal::initCause);
        throw refusal;
      }
    };
  }

  /** Java's own message of a number that is none names neither the option nor the plugin. */
  private DmaMapper openAvailable(MapperRequest request) throws HostRefusedException {
    try {
      return provider.get().open(request);
    } catch (NumberFormatException unreadable) {
      throw new IllegalArgumentException(
          "mapper '%s' expected a number in one of its options %s: %s"
              .formatted(name, new TreeMap<>(request.options()), unreadable.getMessage()),
          unreadable);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private record Answer(MapperAvailability availability, Optional<Throwable> failure) {}
}
