package dev.aerostat.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/** Sources of a plugin, compiled and packed as its author does. */
final class PluginSource {
  private static final String SPI = "dev.aerostat.mapper.spi.";

  private final Path root;
  private final List<Path> sources = new ArrayList<>();
  private final List<Path> uses = new ArrayList<>();

  /** Starts without a file. */
  PluginSource(Path root) {
    this.root = root;
  }

  /** Adds a class, whose name is that of the file. */
  PluginSource source(String path, String text) throws IOException {
    sources.add(write("src/" + path, text));
    return this;
  }

  /** Adds a file that is packed as it is. */
  PluginSource resource(String path, String text) throws IOException {
    Path _ = write("classes/" + path, text);
    return this;
  }

  /** Names its module in the manifest. */
  PluginSource automaticModule(String name) throws IOException {
    Path _ = write("MANIFEST.MF", "Automatic-Module-Name: " + name + "\n");
    return this;
  }

  /** Compiles against the classes of another. */
  PluginSource uses(PluginSource other) {
    uses.add(other.root.resolve("classes"));
    return this;
  }

  private Path write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Path _ = Files.createDirectories(file.getParent());
    return Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  /**
   * Adds a provider that opens the mapper sim under a name of its own.
   *
   * @param type its class, with its package
   * @param name of the mapper
   * @param body members of the class
   */
  PluginSource provider(String type, String name, String body) throws IOException {
    int dot = type.lastIndexOf('.');
    return source(
        type.replace('.', '/') + ".java",
        """
        package %s;

        @dev.aerostat.mapper.spi.MapperName("%s")
        public class %s implements dev.aerostat.mapper.spi.MapperProvider {
          public dev.aerostat.mapper.spi.MapperAvailability availability() {
            return new dev.aerostat.mapper.spi.MapperAvailability.Available("a stranger's");
          }

          public boolean simulated() {
            return true;
          }

          public dev.aerostat.mapper.spi.DmaMapper open(dev.aerostat.mapper.spi.MapperRequest request)
              throws dev.aerostat.api.HostRefusedException {
            return dev.aerostat.mapper.spi.MapperProvider.named("sim").orElseThrow().open(request);
          }
          %s
        }
        """
            .formatted(type.substring(0, dot), name, type.substring(dot + 1), body));
  }

  /** Declares a provider as the class path has it. */
  PluginSource service(String type) throws IOException {
    return resource("META-INF/services/" + SPI + "MapperProvider", type + "\n");
  }

  /** Declares a module. */
  PluginSource module(String name, String body) throws IOException {
    return source("module-info.java", "module %s { %s }".formatted(name, body));
  }

  /** Compiles and packs. */
  Path jar(Path file) throws IOException {
    Path classes = Files.createDirectories(root.resolve("classes"));
    if (!sources.isEmpty()) {
      List<String> arguments = new ArrayList<>(List.of("-nowarn", "-d", classes.toString()));
      List<String> modules = new ArrayList<>();
      uses.forEach(used -> modules.add(used.toString()));
      String own = System.getProperty("jdk.module.path", "");
      if (!own.isEmpty()) {
        modules.add(own);
      }
      if (!modules.isEmpty()) {
        arguments.addAll(List.of("--module-path", String.join(":", modules)));
      }
      if (sources.stream().noneMatch(source -> source.endsWith("module-info.java"))) {
        arguments.addAll(List.of("--class-path", System.getProperty("java.class.path", "")));
        if (!own.isEmpty()) {
          arguments.addAll(List.of("--add-modules", "dev.aerostat.mapper.spi,dev.aerostat.engine"));
        }
      }
      sources.forEach(source -> arguments.add(source.toString()));
      run("javac", arguments);
    }
    Path _ = Files.createDirectories(file.getParent());
    List<String> packed = new ArrayList<>(List.of("--create", "--file", file.toString()));
    Path manifest = root.resolve("MANIFEST.MF");
    if (Files.exists(manifest)) {
      packed.addAll(List.of("--manifest", manifest.toString()));
    }
    packed.addAll(List.of("-C", classes.toString(), "."));
    run("jar", packed);
    return file;
  }

  private static void run(String tool, List<String> arguments) {
    var said = new StringWriter();
    var writer = new PrintWriter(said);
    int exitCode =
        ToolProvider.findFirst(tool)
            .orElseThrow()
            .run(writer, writer, arguments.toArray(String[]::new));
    assertEquals(0, exitCode, said::toString);
  }
}
