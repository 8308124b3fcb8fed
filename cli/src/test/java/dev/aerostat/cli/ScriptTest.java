package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the start script in a checkout, with JDKs and a Maven, that are made up. */
class ScriptTest {
  @TempDir private Path directory = Path.of("");
  private Path script = Path.of("");
  private Path source = Path.of("");

  @BeforeEach
  void checkOut() throws IOException {
    script = directory.resolve("checkout/cli/aerostat");
    source = directory.resolve("checkout/api/src/main/java/Api.java");
    Files.createDirectories(script.getParent());
    Files.createDirectories(source.getParent());
    Files.createDirectories(directory.resolve("checkout/.mvn"));
    Files.writeString(directory.resolve("checkout/pom.xml"), "");
    Files.writeString(source, "");
    Files.copy(Path.of("aerostat").toAbsolutePath(), script);
    mavenThat("mkdir -p cli/target/modules; echo \"$JAVA_HOME\" >>\"${0%/*}/builds\"");
    jdk("17");
    jdk("25.0.3");
  }

  @Test
  void runsTheJdkOfJavaHomeIfItIsNewEnough() throws Exception {
    jdk("26-ea");
    assertTrue(run("26-ea", "25.0.3").out().startsWith("java of 26-ea: "));
    assertTrue(run("25.0.3", "26-ea").out().startsWith("java of 25.0.3: "));
  }

  @Test
  void passesOverAJavaHomeThatIsTooOld() throws Exception {
    assertTrue(run("17", "25.0.3").out().startsWith("java of 25.0.3: "));
  }

  @Test
  void handsItsArgumentsOnAsTheyAre() throws Exception {
    String out = run("25.0.3", "25.0.3", "replay", "two words", "*").out();
    assertTrue(out.endsWith("[replay][two words][*]\n"), out);
    assertFalse(out.contains("terminal"), out);
  }

  @Test
  void buildsOnFirstUseAndWheneverASourceIsNewer() throws Exception {
    assertTrue(run("25.0.3", "17").err().startsWith("aerostat: building"));
    assertEquals("", run("25.0.3", "17").err());
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    assertTrue(run("25.0.3", "17").err().startsWith("aerostat: building"));
    assertEquals(2, Files.readAllLines(directory.resolve("bin/builds")).size());
  }

  @Test
  void buildsWithTheJdkItFound() throws Exception {
    run("17", "25.0.3");
    assertEquals(
        directory.resolve("25.0.3") + "\n", Files.readString(directory.resolve("bin/builds")));
  }

  @Test
  void showsWhatMavenSaidOnlyIfTheBuildFails() throws Exception {
    mavenThat("echo 'cannot find symbol'; exit 1");
    Invocation invocation = run("25.0.3", "17");
    assertEquals(1, invocation.exitCode());
    assertEquals("", invocation.out());
    assertTrue(invocation.err().contains("cannot find symbol\naerostat: the build failed"));
    assertTrue(run("25.0.3", "17").err().contains("building"), "a failed build is tried again");
  }

  @Test
  void startsFromWhatJavaLearnedInABootOfTheBuild() throws Exception {
    executable(
        directory.resolve("25.0.3/bin/java"),
        """
        for argument; do
          case $argument in -XX:AOTCacheOutput=*) echo learned >"${argument#*=}" ;; esac
        done
        printf '[%s]' "$@\"""");
    String archive = "[-XX:AOTCache=" + script.resolveSibling("target/aerostat.aot") + "]";
    String out = run("25.0.3", "17", "mappers").out();
    assertTrue(out.contains(archive), out);
    assertTrue(run("25.0.3", "17", "mappers").out().contains(archive));
  }

  @Test
  void startsWithoutIfJavaLearnedNothing() throws Exception {
    String out = run("25.0.3", "17", "mappers").out();
    assertFalse(out.contains("AOT"), out);
  }

  @Test
  void worksThroughSymbolicLinks() throws Exception {
    Path links = Files.createDirectories(directory.resolve("links"));
    Files.createSymbolicLink(links.resolve("inner"), Path.of("../checkout/cli/aerostat"));
    Files.createSymbolicLink(links.resolve("aerostat"), links.resolve("inner"));
    script = links.resolve("aerostat");
    assertEquals(0, run("25.0.3", "17", "mappers").exitCode());
  }

  private void jdk(String version) throws IOException {
    Path home = Files.createDirectories(directory.resolve(version));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    executable(home.resolve("bin/javac"), "");
    executable(
        home.resolve("bin/java"),
        "echo -n 'java of " + version + ": '; printf '[%s]' \"$@\"; echo");
  }

  private void mavenThat(String does) throws IOException {
    executable(directory.resolve("bin/mvn"), does);
  }

  private static void executable(Path file, String does) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/usr/bin/env bash\n" + does + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Invocation run(String javaHome, String javaOnPath, String... args)
      throws IOException, InterruptedException {
    Path err = directory.resolve("stderr");
    var builder = new ProcessBuilder(script.toString());
    builder.command().addAll(List.of(args));
    builder.directory(directory.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", directory.resolve(javaHome).toString());
    builder
        .environment()
        .merge(
            "PATH",
            directory.resolve("bin") + ":" + directory.resolve(javaOnPath).resolve("bin"),
            (path, first) -> first + ":" + path);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Invocation(process.waitFor(), out, Files.readString(err));
  }
}
