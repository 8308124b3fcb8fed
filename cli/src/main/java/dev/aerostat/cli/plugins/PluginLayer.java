package dev.aerostat.cli.plugins;

import dev.aerostat.cli.text.CommandFailedException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolutionException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The jars that the user brings along, as a layer of modules above those of the command. All of
 * them share a class loader, so that each finds what it needs in the others.
 */
final class PluginLayer {
  private final Map<String, PluginJar> jars = new LinkedHashMap<>();
  private final ClassLoader parent;

  private PluginLayer(ClassLoader parent) {
    this.parent = parent;
  }

  /**
   * Loads jars.
   *
   * @param jars one or more
   * @param parent what finds all else
   * @return finds their classes, and the mappers and metrics that they provide
   * @throws CommandFailedException if they cannot be used together, or none provides either: the
   *     message names the jars
   */
  static ClassLoader of(List<PluginJar> jars, ClassLoader parent) {
    var layer = new PluginLayer(parent);
    Optional<ModuleLayer> below = Optional.ofNullable(PluginLayer.class.getModule().getLayer());
    jars.forEach(jar -> layer.add(jar, below));
    layer.requireProvider(jars);
    ClassLoader loader = below.map(layer::onModulePath).orElseGet(layer::onClassPath);
    layer.jars.values().forEach(jar -> requireProviders(jar, loader));
    return loader;
  }

  /** What the command has itself is taken from there: else each would have a mapper of its own. */
  private void add(PluginJar jar, Optional<ModuleLayer> below) {
    if (below.flatMap(layer -> layer.findModule(jar.name())).isPresent()) {
      if (!jar.providers().isEmpty()) {
        throw new CommandFailedException(
            "%s cannot be used: the command has a module of that name; give yours another"
                .formatted(jar));
      }
      return;
    }
    PluginJar first = jars.putIfAbsent(jar.name(), jar);
    if (first != null) {
      throw new CommandFailedException(
          "%s and %s are both the module %s: keep one of them"
              .formatted(first.file(), jar.file(), jar.name()));
    }
  }

  private void requireProvider(Collection<PluginJar> all) {
    if (jars.values().stream().allMatch(jar -> jar.providers().isEmpty())) {
      throw new CommandFailedException(
          "neither a mapper nor metrics are provided by %s: declare %s in the module ('provides … with …'),"
                  .formatted(
                      all.stream()
                          .map(jar -> jar.file().toString())
                          .collect(Collectors.joining(", ")),
                      String.join(" or ", PluginJar.SERVICES))
              + " or in a file of that name in META-INF/services");
    }
  }

  private ClassLoader onModulePath(ModuleLayer below) {
    try {
      Path[] files = jars.values().stream().map(PluginJar::file).toArray(Path[]::new);
      Configuration modules =
          below.configuration().resolve(ModuleFinder.of(files), ModuleFinder.of(), jars.keySet());
      ModuleLayer.Controller controller =
          ModuleLayer.defineModulesWithOneLoader(modules, List.of(below), parent);
      allowNativeAccess(controller);
      return controller.layer().findLoader(jars.keySet().iterator().next());
    } catch (FindException | ResolutionException | LayerInstantiationException conflict) {
      String message = String.valueOf(conflict.getMessage());
      throw new CommandFailedException(
          "the plugins cannot be used together: %s%s%s"
              .formatted(message, filesOf(message), advice(conflict)),
          conflict);
    }
  }

  /** Whoever names a directory of plugins trusts them; only a command that may can hand it on. */
  @SuppressWarnings("restricted")
  private static void allowNativeAccess(ModuleLayer.Controller controller) {
    if (PluginLayer.class.getModule().isNativeAccessEnabled()) {
      controller.layer().modules().forEach(controller::enableNativeAccess);
    }
  }

  private static String advice(RuntimeException conflict) {
    return conflict instanceof FindException
        ? "; put the jar that is missing beside them, or start with"
            + " JDK_JAVA_OPTIONS=--add-modules MODULE if it is one of Java's own"
        : "; keep each package in one jar, and leave out what the command has";
  }

  /** Java's messages name modules; users have files. */
  private String filesOf(String message) {
    List<String> named = new ArrayList<>();
    for (PluginJar jar : jars.values()) {
      if (Pattern.compile("(?<![\\w.])" + Pattern.quote(jar.name()) + "(?![\\w.])")
          .matcher(message)
          .find()) {
        named.add("%s is %s".formatted(jar.name(), jar.file()));
      }
    }
    return named.isEmpty() ? "" : " (" + String.join(", ", named) + ")";
  }

  /** Where the command itself has no modules, as in a test, plugins have none either. */
  private ClassLoader onClassPath() {
    return new URLClassLoader(
        jars.values().stream().map(PluginLayer::url).toArray(URL[]::new), parent);
  }

  private static URL url(PluginJar jar) {
    try {
      return jar.file().toUri().toURL();
    } catch (MalformedURLException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Finds out now, while it is known which jar it is, whether Java can read its classes. */
  private static void requireProviders(PluginJar jar, ClassLoader loader) {
    for (String provider : jar.providers()) {
      try {
        var _ = Class.forName(provider, false, loader);
      } catch (UnsupportedClassVersionError later) {
        throw new CommandFailedException(
            "%s cannot be used: it is compiled for a later Java (%s); compile it with --release %d"
                .formatted(jar.file(), later.getMessage(), Runtime.version().feature()),
            later);
      } catch (ClassNotFoundException | LinkageError broken) {
        throw new CommandFailedException(
            "%s cannot be used: its class %s cannot be loaded: %s"
                .formatted(jar.file(), provider, broken),
            broken);
      }
    }
  }
}
