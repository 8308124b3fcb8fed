package dev.aerostat.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.Simulator;
import dev.aerostat.engine.MetricsEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plugins in a directory of the user's, made as their authors make them. */
class PluginDirectoryTest {
  private static final String RECORDING =
      "../testkit/simulation/src/test/resources/traces/m1-k61-boot.trace.gz";

  @TempDir private Path directory = Path.of("");

  private Path plugins(String name) {
    return directory.resolve("plugins").resolve(name);
  }

  private PluginSource project(String name) {
    return new PluginSource(directory.resolve(name));
  }

  private Invocation run(String commandLine) {
    return Invocation.of(
        Simulator.onVirtualClock(),
        (commandLine + " --plugins " + directory.resolve("plugins")).split(" "));
  }

  private void assertFails(String expected, Path... jars) {
    Invocation mappers = run("mappers");
    String err = mappers.err();
    assertAll(
        () -> assertEquals(1, mappers.exitCode(), mappers::out),
        () -> assertEquals("", mappers.out()),
        () -> assertEquals(1, err.lines().count(), err),
        () -> assertTrue(err.contains(expected), err));
    for (Path jar : jars) {
      assertTrue(err.contains(jar.toString()), err);
    }
  }

  private void classPathJar() throws IOException {
    Path _ =
        project("acme")
            .provider("com.acme.AcmeMapper", "acme", "")
            .service("com.acme.AcmeMapper")
            .jar(plugins("acme-1.0.jar"));
  }

  @Test
  void aJarWithoutAModuleIsFoundAndListedWithItsFile() throws IOException {
    classPathJar();
    Invocation mappers = run("mappers");
    assertEquals(new Invocation(0, mappers.out(), ""), mappers);
    assertTrue(mappers.out().startsWith("acme          available: a stranger's\n"), mappers.out());
    assertTrue(mappers.out().contains("\nsim           available"), mappers.out());
    String json = run("mappers --json").out();
    assertTrue(json.contains("\"provider\": \"com.acme.AcmeMapper\""), json);
    assertTrue(json.contains(plugins("acme-1.0.jar").toRealPath().toString()), json);
  }

  @Test
  void aJarWithAModuleAndAnotherThatItRequiresAreFound() throws IOException {
    assumeTrue(PluginDirectories.class.getModule().isNamed(), "the class path has no modules");
    PluginSource library =
        project("library")
            .module("com.library", "exports com.library;")
            .source(
                "com/library/Words.java",
                "package com.library; public class Words { public static String say() { return \"hello\"; } }");
    Path _ = library.jar(plugins("library.jar"));
    Path _ =
        project("acme")
            .uses(library)
            .module(
                "com.acme",
                "requires dev.aerostat.mapper.spi; requires com.library;"
                    + " provides dev.aerostat.mapper.spi.MapperProvider with com.acme.AcmeMapper;")
            .provider(
                "com.acme.AcmeMapper",
                "acme",
                "public String toString() { return com.library.Words.say(); }")
            .service("com.acme.AcmeMapper")
            .jar(plugins("acme.jar"));
    assertTrue(run("mappers").out().startsWith("acme          available: "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "boot --memory 64M --mapper acme",
        "explore --seeds 1 --memory 64M",
        "compare --memory 64M",
        "selftest --mapper acme --mapper-option dma-entry-limit=100",
        "replay " + RECORDING + " --mapper acme"
      })
  void allCommandsHaveIt(String commandLine) throws IOException {
    classPathJar();
    Invocation invocation = run(commandLine);
    assertEquals(0, invocation.exitCode(), invocation.err());
  }

  @Test
  void isForgottenAfterTheCommand() throws IOException {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    classPathJar();
    assertEquals(0, run("mappers").exitCode());
    assertSame(before, Thread.currentThread().getContextClassLoader());
  }

  @Test
  void directoriesComeFromTheEnvironmentToo() throws Exception {
    classPathJar();
    Path none = Files.createDirectories(directory.resolve("none"));
    ClassLoader parent = getClass().getClassLoader();
    Map<String, String> environment =
        Map.of("AEROSTAT_PLUGINS", ":" + none + ":" + directory.resolve("plugins") + ":");
    ClassLoader loader = PluginDirectories.loader(List.of(), environment, parent);
    assertEquals("com.acme.AcmeMapper", loader.loadClass("com.acme.AcmeMapper").getName());
    assertSame(
        parent,
        PluginDirectories.loader(List.of(), Map.of("AEROSTAT_PLUGINS", none.toString()), parent));
    assertSame(parent, PluginDirectories.loader(List.of(), Map.of(), parent));
  }

  @Test
  void aDirectoryThatIsNamedTwiceIsOne() throws IOException {
    classPathJar();
    Path plugins = directory.resolve("plugins");
    Path link = Files.createSymbolicLink(directory.resolve("link"), plugins);
    assertEquals(0, run("mappers --plugins " + plugins + ":" + link).exitCode());
  }

  @Test
  void whatTheCommandHasItselfIsTakenFromThere() throws IOException {
    classPathJar();
    Path _ = project("copy").automaticModule("dev.aerostat.api").jar(plugins("aerostat-api.jar"));
    assertEquals(0, run("mappers").exitCode());
  }

  @Test
  void helpIsGivenWhateverIsInTheDirectory() throws IOException {
    Path _ = Files.createDirectories(directory.resolve("plugins"));
    Path _ = Files.writeString(plugins("broken.jar"), "no zip");
    assertEquals(0, run("boot --help").exitCode());
    assertEquals(0, run("--version").exitCode());
  }

  @Test
  void aFileThatIsNoJarIsNamed() throws IOException {
    Path _ = Files.createDirectories(directory.resolve("plugins"));
    assertFails("it is no jar", Files.writeString(plugins("broken.jar"), "no zip"));
  }

  @Test
  void aJarWhoseNameMakesNoModuleIsNamed() throws IOException {
    classPathJar();
    assertFails(
        "no module can be made of it", Files.move(plugins("acme-1.0.jar"), plugins("1.jar")));
  }

  @Test
  void aJarThatDeclaresAClassItHasNotIsNamed() throws IOException {
    assertFails(
        "com.acme.Missing", project("acme").service("com.acme.Missing").jar(plugins("acme.jar")));
  }

  @Test
  void aJarThatProvidesMetricsAloneIsAPlugin() throws IOException {
    Path _ =
        project("acme")
            .source(
                "com/acme/AcmeMetrics.java",
                """
                package com.acme;

                import dev.aerostat.engine.MetricsEndpoint;
                import java.io.IOException;
                import java.net.InetSocketAddress;

                public final class AcmeMetrics implements MetricsEndpoint.Provider {
                  @Override
                  public MetricsEndpoint open(InetSocketAddress address) throws IOException {
                    throw new IOException("found");
                  }
                }
                """)
            .resource(
                "META-INF/services/dev.aerostat.engine.MetricsEndpoint$Provider",
                "com.acme.AcmeMetrics\n")
            .jar(plugins("acme.jar"));
    assertEquals(0, run("mappers").exitCode());
    ClassLoader loader =
        PluginDirectories.loader(
            List.of(directory.resolve("plugins").toString()),
            Map.of(),
            PluginDirectoryTest.class.getClassLoader());
    List<String> found =
        ServiceLoader.load(MetricsEndpoint.Provider.class, loader).stream()
            .map(provider -> provider.type().getName())
            .toList();
    assertTrue(found.contains("com.acme.AcmeMetrics"), found::toString);
  }

  @Test
  void aJarOfALaterJavaIsNamed() throws IOException {
    classPathJar();
    Path type = directory.resolve("acme/classes/com/acme/AcmeMapper.class");
    byte[] bytes = Files.readAllBytes(type);
    bytes[7] = (byte) (bytes[7] + 9); // The major version of the class file.
    Path _ = Files.write(type, bytes);
    assertFails(
        "it is compiled for a later Java",
        new PluginSource(directory.resolve("acme")).jar(plugins("acme-1.0.jar")));
  }

  @Test
  void jarsThatProvideNothingAreNamed() throws IOException {
    assertFails(
        "neither a mapper nor metrics are provided by ",
        project("acme").provider("com.acme.AcmeMapper", "acme", "").jar(plugins("acme.jar")));
  }

  @Test
  void twoJarsOfOneModuleAreNamed() throws IOException {
    classPathJar();
    assertFails(
        "are both the module acme",
        plugins("acme-1.0.jar"),
        Files.copy(plugins("acme-1.0.jar"), plugins("acme-2.0.jar")));
  }

  @Test
  void twoJarsWithOnePackageAreNamed() throws IOException {
    assumeTrue(
        PluginDirectories.class.getModule().isNamed(), "on the class path packages may be split");
    classPathJar();
    assertFails(
        "com.acme",
        plugins("acme-1.0.jar"),
        project("other")
            .provider("com.acme.OtherMapper", "other", "")
            .service("com.acme.OtherMapper")
            .jar(plugins("other.jar")));
  }

  @Test
  void aMapperOfTheCommandCannotBeReplaced() throws IOException {
    assumeTrue(PluginDirectories.class.getModule().isNamed(), "the class path has no modules");
    assertFails(
        "the command has a module of that name",
        project("acme")
            .provider("com.acme.AcmeMapper", "acme", "")
            .service("com.acme.AcmeMapper")
            .automaticModule("dev.aerostat.mapper.sim")
            .jar(plugins("acme.jar")));
  }

  @Test
  void aDirectoryWithoutAJarIsAMistakeIfItIsNamed() throws IOException {
    Path _ = Files.createDirectories(directory.resolve("plugins"));
    Invocation mappers = run("mappers");
    assertEquals(2, mappers.exitCode());
    assertTrue(mappers.err().contains("expected a directory with jars"), mappers.err());
  }

  private void jarThatThrows(String where) throws IOException {
    Path _ =
        project("acme")
            .provider("com.acme.AcmeMapper", "acme", where)
            .service("com.acme.AcmeMapper")
            .jar(plugins("acme.jar"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "public AcmeMapper() { throw new UnsupportedOperationException(\"no luck\"); }",
        "{ if (true) throw new UnsupportedOperationException(\"no luck\"); }",
        "static { if (true) throw new UnsupportedOperationException(\"no luck\"); }"
      })
  void aPluginThatThrowsIsListedWithItsJarAndHowToSeeWhereItThrew(String where) throws IOException {
    jarThatThrows(where);
    Invocation mappers = run("mappers");
    assertEquals(0, mappers.exitCode());
    assertTrue(mappers.out().contains("acme          not available: "), mappers.out());
    assertTrue(mappers.out().contains(plugins("acme.jar").toString()), mappers.out());
    assertEquals("aerostat: mapper 'acme' threw; --stacktrace shows where\n", mappers.err());
    String trace = run("mappers --stacktrace").err();
    assertTrue(trace.contains("no luck"), trace);
    assertTrue(trace.contains("\tat ") && trace.contains("com.acme.AcmeMapper."), trace);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "boot --memory 64M --mapper acme",
        "selftest --mapper acme",
        "replay " + RECORDING + " --mapper acme",
        "serve --socket /tmp/no-such-directory/s --mapper acme"
      })
  void aPluginThatThrowsShowsWhereIfAsked(String commandLine) throws IOException {
    jarThatThrows("public AcmeMapper() { throw new UnsupportedOperationException(\"no luck\"); }");
    Invocation plain = run(commandLine);
    assertTrue(plain.exitCode() > 0);
    assertTrue(plain.err().contains("no luck"), plain.err());
    assertTrue(plain.err().endsWith("; --stacktrace shows where\n"), plain.err());
    assertFalse(plain.err().contains("\tat "), plain.err());
    String trace = run(commandLine + " --stacktrace").err();
    assertTrue(trace.contains("at ") && trace.contains("com.acme.AcmeMapper.<init>"), trace);
  }

  @Test
  void aPluginThatThrowsWhenItOpensIsBlamedByName() throws IOException {
    Path _ =
        project("acme")
            .source(
                "com/acme/AcmeMapper.java",
                """
                package com.acme;

                import dev.aerostat.mapper.spi.*;

                @MapperName("acme")
                public class AcmeMapper implements MapperProvider {
                  public MapperAvailability availability() {
                    return new MapperAvailability.Available("here");
                  }

                  public boolean simulated() {
                    return true;
                  }

                  public DmaMapper open(MapperRequest request) {
                    return request.options().get("none").isEmpty() ? null : null;
                  }
                }
                """)
            .service("com.acme.AcmeMapper")
            .jar(plugins("acme.jar"));
    Invocation boot = run("boot --memory 64M --mapper acme");
    assertEquals(1, boot.exitCode());
    assertTrue(
        boot.err()
            .startsWith(
                "aerostat: this is a bug of the plugin: com.acme.AcmeMapper threw"
                    + " java.lang.NullPointerException"),
        boot.err());
    assertTrue(boot.err().endsWith("; --stacktrace shows where\n"), boot.err());
  }
}
