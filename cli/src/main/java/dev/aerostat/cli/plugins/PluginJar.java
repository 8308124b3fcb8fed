package dev.aerostat.cli.plugins;

import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.engine.MetricsEndpoint;
import dev.aerostat.mapper.spi.MapperProvider;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipException;

/**
 * A jar that the user brings along: a module, or one that Java makes of it (an automatic module).
 * Immutable.
 *
 * @param file where it is
 * @param module its descriptor
 */
record PluginJar(Path file, ModuleDescriptor module) {
  /** What the command looks for. */
  static final List<String> SERVICES =
      List.of(MapperProvider.class.getName(), MetricsEndpoint.Provider.class.getName());

  /**
   * Reads a jar's descriptor.
   *
   * @throws CommandFailedException if it is no jar, or no module can be made of it
   */
  static PluginJar read(Path file) {
    try {
      return ModuleFinder.of(file).findAll().stream()
          .map(found -> new PluginJar(file, found.descriptor()))
          .findFirst()
          .orElseThrow(() -> unusable(file, "it is empty", new FindException("no module")));
    } catch (FindException broken) {
      Throwable cause = broken;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw unusable(file, reason(cause), broken);
    }
  }

  private static String reason(Throwable cause) {
    return cause instanceof ZipException
        ? "it is no jar: " + cause.getMessage()
        : "no module can be made of it: " + cause.getMessage();
  }

  private static CommandFailedException unusable(Path file, String reason, Throwable cause) {
    return new CommandFailedException("%s cannot be used: %s".formatted(file, reason), cause);
  }

  String name() {
    return module.name();
  }

  /** Returns the classes that open mappers or publish metrics. */
  List<String> providers() {
    return module.provides().stream()
        .filter(service -> SERVICES.contains(service.service()))
        .flatMap(service -> service.providers().stream())
        .toList();
  }

  /** Returns the module and its file, for a message. */
  @Override
  public String toString() {
    return "%s (module %s)".formatted(file, name());
  }
}
