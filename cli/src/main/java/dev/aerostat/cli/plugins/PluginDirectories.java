package dev.aerostat.cli.plugins;

import dev.aerostat.cli.text.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where the user keeps plugins, and how they become known to the command. */
public final class PluginDirectories {
  /** The environment variable with directories, between colons. */
  public static final String VARIABLE = "AEROSTAT_PLUGINS";

  private static final String OPTION = "--plugins";

  private PluginDirectories() {}

  /**
   * Returns a class loader through which {@link dev.aerostat.mapper.spi.MapperProvider#installed}
   * finds the user's plugins, and those that it found before.
   *
   * @param named directories that the option {@code --plugins} names; each must hold a jar
   * @param environment the variables of the process
   * @param parent what found plugins before
   * @return {@code parent} if there is no jar
   * @throws IllegalArgumentException if a directory is not there, or a named one has no jar
   * @throws CommandFailedException if a jar cannot be used: the message names it
   */
  public static ClassLoader loader(
      List<String> named, Map<String, String> environment, ClassLoader parent) {
    List<Path> jars = new ArrayList<>();
    for (String directory : directories(environment.getOrDefault(VARIABLE, ""))) {
      jars.addAll(jars(VARIABLE, directory));
    }
    for (String directory : named.stream().flatMap(it -> directories(it).stream()).toList()) {
      List<Path> found = jars(OPTION, directory);
      if (found.isEmpty()) {
        throw new IllegalArgumentException(
            "%s %s: expected a directory with jars (*.jar), and there is none in it"
                .formatted(OPTION, directory));
      }
      jars.addAll(found);
    }
    List<PluginJar> plugins = jars.stream().distinct().map(PluginJar::read).toList();
    return plugins.isEmpty() ? parent : PluginLayer.of(plugins, parent);
  }

  private static List<String> directories(String list) {
    return Stream.of(list.split(":", -1)).filter(entry -> !entry.isEmpty()).toList();
  }

  private static List<Path> jars(String origin, String directory) {
    Path path = Path.of(directory);
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException(
          "%s: there is no directory '%s'".formatted(origin, directory));
    }
    try (Stream<Path> files = Files.list(path.toRealPath())) {
      return files
          .filter(file -> file.toString().endsWith(".jar") && Files.isRegularFile(file))
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      throw new CommandFailedException(
          "%s: the directory '%s' cannot be read: %s".formatted(origin, directory, unreadable),
          unreadable);
    }
  }
}
