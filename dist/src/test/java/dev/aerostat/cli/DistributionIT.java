package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Unpacks what users download, and uses it as they do. */
class DistributionIT {
  private static final Map<String, String> PATH = Map.of("PATH", System.getenv("PATH"));

  private static final Pattern METRICS_URL = Pattern.compile("http://[0-9.:]+/metrics");

  /** With a Java of its own, in a directory whose name is not plain. */
  private static Path whole = Path.of("");

  /** The modules alone. */
  private static Path modules = Path.of("");

  @TempDir private static Path directory = Path.of("");

  @BeforeAll
  static void unpack() throws IOException, InterruptedException {
    Path space = Files.createDirectory(directory.resolve("a directory"));
    run(space, PATH, "tar", "-xf", archive("-linux-x64.tar.gz")).successfully();
    run(directory, PATH, "unzip", "-q", archive("-modules.zip")).successfully();
    whole = onlyDirectoryIn(space);
    modules = directory.resolve(whole.getFileName());
  }

  @Test
  void runsWhereThereIsACLibraryAndAShellButNoJava(@TempDir Path root)
      throws IOException, InterruptedException {
    assumeTrue(
        run(directory, PATH, "unshare", "--map-root-user", "true").exitCode() == 0,
        "this user may not unshare: kernel.unprivileged_userns_clone is 0?");
    BareMachine machine = BareMachine.with(root, whole);
    String aerostat = whole.resolve("bin/aerostat").toString();
    assertTrue(machine.run(aerostat, "--version").successfully().startsWith("aerostat "));
    String boot =
        machine.run(aerostat, "boot", "--memory", "384G", "--balloon-page", "2M").successfully();
    assertTrue(boot.contains("the gate opens: ready for DMA"), boot);
    String mappers = machine.run(aerostat, "mappers").successfully();
    assertTrue(mappers.startsWith("sim "), mappers);
    assertTrue(mappers.contains("\nvfio "), mappers);
  }

  @Test
  void namesItsReleaseAndTheCommitItWasBuiltFrom() throws IOException, InterruptedException {
    String version = aerostat(whole, PATH, "--version").successfully();
    assertTrue(
        version.matches(
            """
            aerostat \\d\\S+ \\(Java \\S+\\)
            commit ([0-9a-f]{12}, \\d{4}-\\d\\d-\\d\\d(, modified)?|unknown)
            """),
        version);
    assertEquals(version, aerostat(modules, onOurJava(), "--version").successfully());
  }

  @Test
  void startsFromItsAotCacheWhereverItIsUnpacked() throws IOException, InterruptedException {
    var required = Map.of("PATH", System.getenv("PATH"), "JDK_JAVA_OPTIONS", "-XX:AOTMode=on");
    String listed = aerostat(whole, required, "mappers").successfully();
    assertTrue(listed.contains("\nsim "), listed);
  }

  @Test
  void runsThroughALinkFromAnotherDirectory() throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), whole.resolve("bin/aerostat"));
    run(directory, PATH, link.toString(), "mappers").successfully();
  }

  @Test
  void theModulesRunOnAJavaOfTheUsers() throws IOException, InterruptedException {
    String boot = aerostat(modules, onOurJava(), "boot", "--memory", "8G").successfully();
    assertEquals(aerostat(whole, PATH, "boot", "--memory", "8G").successfully(), boot);
  }

  @Test
  void theModulesRefuseAJavaThatIsTooOldOrIsNotThere(@TempDir Path old)
      throws IOException, InterruptedException {
    Path java = Files.createDirectory(old.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho old\n");
    assertTrue(java.toFile().setExecutable(true));
    Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.12\"\n");
    var environment = Map.of("PATH", System.getenv("PATH"), "JAVA_HOME", old.toString());
    Ran refused = aerostat(modules, environment, "mappers");
    assertEquals(1, refused.exitCode());
    assertEquals(
        "aerostat: needs Java 25 or newer; %s is 17.0.12: set JAVA_HOME to a newer one%n"
            .formatted(old),
        refused.output());
    Files.delete(java);
    Ran missing = aerostat(modules, environment, "mappers");
    assertEquals(1, missing.exitCode());
    assertTrue(missing.output().contains(old + "/bin/java cannot be run"), missing.output());
  }

  @Test
  void servesMetricsWithThePluginThatIsInIt() throws IOException, InterruptedException {
    assertServesMetrics(whole, PATH);
    assertServesMetrics(modules, onOurJava());
  }

  private static void assertServesMetrics(Path home, Map<String, String> environment)
      throws IOException, InterruptedException {
    var command =
        new ProcessBuilder(
                home.resolve("bin/aerostat").toString(),
                "serve",
                "--plugins",
                home.resolve("metrics").toString(),
                "--metrics",
                "0",
                "--socket",
                directory.resolve("metrics-socket").toString())
            .redirectErrorStream(true);
    command.environment().clear();
    command.environment().putAll(environment);
    Process serve = command.start();
    try (BufferedReader output = serve.inputReader()) {
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(metricsUrl(output)).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertEquals(200, page.statusCode());
    } finally {
      serve.destroy();
      int _ = serve.waitFor();
    }
  }

  private static URI metricsUrl(BufferedReader output) throws IOException {
    var said = new StringBuilder();
    for (String line; (line = output.readLine()) != null; ) {
      said.append(line).append('\n');
      Matcher url = METRICS_URL.matcher(line);
      if (url.find()) {
        return URI.create(url.group());
      }
    }
    throw new AssertionError("it ended without metrics:\n" + said);
  }

  @Test
  void everyLibraryInItIsListedWithItsLicence() throws IOException, InterruptedException {
    String licences = Files.readString(whole.resolve("licenses/README.md"));
    List<String> libraries =
        run(directory, PATH, whole.resolve("java/bin/java").toString(), "--list-modules")
            .successfully()
            .lines()
            .map(line -> line.substring(0, line.indexOf('@')))
            .filter(name -> !name.matches("(java|jdk|dev\\.aerostat)\\..*"))
            .toList();
    assertTrue(libraries.contains("info.picocli"), libraries::toString);
    for (String library : libraries) {
      assertTrue(licences.contains("`" + library + "`"), library + ": no licence in licenses/");
    }
    licences
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.replaceAll(".*`(.*)`[^`]*", "$1"))
        .forEach(file -> assertTrue(Files.exists(whole.resolve("licenses").resolve(file)), file));
    assertTrue(Files.exists(whole.resolve("java/legal/java.base/LICENSE")));
  }

  @Test
  void everyJarOfThePluginIsListedWithItsLicence() throws IOException {
    List<PathMatcher> listed =
        Files.readString(whole.resolve("licenses/README.md"))
            .lines()
            .filter(line -> line.startsWith("| `") && line.contains(".jar`"))
            .map(line -> line.substring(3, line.indexOf("`", 3)))
            .map(name -> FileSystems.getDefault().getPathMatcher("glob:" + name))
            .toList();
    try (Stream<Path> jars = Files.list(whole.resolve("metrics"))) {
      List<Path> others =
          jars.map(Path::getFileName)
              .filter(jar -> !jar.toString().startsWith("aerostat-"))
              .filter(jar -> listed.stream().noneMatch(pattern -> pattern.matches(jar)))
              .toList();
      assertEquals(List.of(), others);
    }
  }

  @Test
  void hasAManualPageForEachCommandAndCompletion() throws IOException, InterruptedException {
    for (Path home : List.of(whole, modules)) {
      for (CommandLine command : CommandDocuments.withSubcommands(CommandDocuments.command())) {
        Path page = home.resolve("share/man/man1/" + ManPage.name(command) + ".1");
        assertTrue(Files.exists(page), page::toString);
      }
      Path completion = home.resolve("share/bash-completion/completions/aerostat");
      run(directory, PATH, "bash", "-n", completion.toString()).successfully();
    }
  }

  private static Ran aerostat(Path home, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(home.resolve("bin/aerostat").toString()));
    command.addAll(List.of(arguments));
    return Ran.of(directory, environment, command);
  }

  private static Map<String, String> onOurJava() {
    return Map.of("PATH", System.getenv("PATH"), "JAVA_HOME", System.getProperty("java.home"));
  }

  private static Ran run(Path where, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    return Ran.of(where, environment, List.of(command));
  }

  private static String archive(String suffix) throws IOException {
    try (Stream<Path> built = Files.list(Path.of("target"))) {
      return built
          .filter(file -> file.toString().endsWith(suffix))
          .findFirst()
          .orElseThrow()
          .toAbsolutePath()
          .toString();
    }
  }

  private static Path onlyDirectoryIn(Path parent) throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.findFirst().orElseThrow();
    }
  }
}
