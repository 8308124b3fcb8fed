package dev.aerostat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is deployed to Maven Central is whole, and no more than users need. */
final class PublishedTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final String BOM = "aerostat-bom";

  private static List<MavenProject> modules() throws IOException {
    var modules = new ArrayList<MavenProject>();
    for (String directory : Project.directories()) {
      modules.add(MavenProject.in(ROOT.resolve(directory)));
    }
    return modules;
  }

  private static Map<String, MavenProject> deployedModules() throws IOException {
    var deployed = new TreeMap<String, MavenProject>();
    for (MavenProject module : modules()) {
      if (module.isDeployed() && !module.artifact().equals(BOM)) {
        deployed.put(module.artifact(), module);
      }
    }
    return deployed;
  }

  @Test
  void theBomNamesEveryModuleThatIsDeployedAndNoOther() throws IOException {
    MavenProject bom = MavenProject.in(ROOT.resolve("bom"));
    List<String> named = bom.texts("/project/dependencyManagement//artifactId");
    assertEquals(deployedModules().keySet(), new TreeSet<>(named));
    assertEquals(named.size(), new TreeSet<>(named).size(), "one is named twice");
  }

  @Test
  void allHaveOneVersion() throws IOException {
    String version = MavenProject.in(ROOT).version();
    for (MavenProject module : modules()) {
      assertEquals(version, module.version(), module.artifact());
    }
  }

  @Test
  void whatADeployedModuleHandsOnIsDeployed() throws IOException {
    Map<String, MavenProject> deployed = deployedModules();
    deployed.forEach(
        (artifact, module) ->
            module
                .handedOn()
                .forEach(
                    needed ->
                        assertTrue(
                            deployed.containsKey(needed),
                            () ->
                                "%s is deployed and needs %s, which is not"
                                    .formatted(artifact, needed))));
  }

  @Test
  void whatIsForOurselvesIsNotDeployed() throws IOException {
    for (MavenProject module : modules()) {
      assertFalse(
          module.isDeployed() && module.directory().startsWith(ROOT.resolve("lab")),
          () -> module.artifact() + " is of lab: set maven.deploy.skip in its pom");
    }
  }

  /** Maven Central refuses a pom that lacks one; modules have the rest from the root pom. */
  @Test
  void everyPomSaysWhatMavenCentralAsksFor() throws IOException {
    for (MavenProject module : modules()) {
      assertSays(module, "name", "description");
    }
    for (Path whole : List.of(ROOT, ROOT.resolve("bom"))) {
      assertSays(
          MavenProject.in(whole),
          "name",
          "description",
          "url",
          "licenses/license/name",
          "licenses/license/url",
          "developers/developer/name",
          "scm/connection",
          "scm/url");
    }
  }

  private static void assertSays(MavenProject project, String... elements) {
    for (String element : elements) {
      assertFalse(
          project.text("/project/" + element).isEmpty(),
          () -> "%s: its pom has no %s".formatted(project.artifact(), element));
    }
  }

  @Test
  void everyJarHasTheLicence() throws IOException {
    String licence = Files.readString(ROOT.resolve("LICENSE"));
    for (String directory : Project.directories()) {
      Path classes = ROOT.resolve(directory).resolve("target/classes");
      if (Files.isDirectory(classes)) {
        assertEquals(licence, Files.readString(classes.resolve("META-INF/LICENSE")), directory);
      }
    }
  }
}
