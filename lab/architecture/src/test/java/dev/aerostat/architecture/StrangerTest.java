package dev.aerostat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the module of a VMM that is none of ours can name of a balloon device, and what not. */
final class StrangerTest {
  private static final String ENGINES_DOOR = "dev.aerostat.balloon.virtio.device";
  private static final String DEVICES_DOOR = "dev.aerostat.virtio.device";

  @TempDir Path classes;

  @Test
  void namesTheRegisters() throws Exception {
    assertEquals(
        List.of(), compiled("dev.aerostat.engine.AsyncDmaMap map", "map.device().notifyQueue(0);"));
  }

  @Test
  void cannotNameTheDeviceItself() throws Exception {
    assertHidden(
        ENGINES_DOOR,
        ModuleTable.BALLOON_VIRTIO,
        ENGINES_DOOR + ".BalloonDevice device",
        "device.acknowledgeAll();");
  }

  @Test
  void cannotNameWhatReadsTheDevice() throws Exception {
    assertHidden(
        "dev.aerostat.engine.turn",
        ModuleTable.ENGINE,
        "dev.aerostat.engine.turn.DeviceTurn turn",
        "turn.read();");
  }

  @Test
  void cannotNameTheStateMachine() throws Exception {
    assertHidden(
        "dev.aerostat.engine.core",
        ModuleTable.ENGINE,
        "dev.aerostat.engine.core.EngineCore core",
        "core.turnEnded();");
  }

  @Test
  void cannotNameRings() throws Exception {
    assertHidden(
        DEVICES_DOOR, ModuleTable.VIRTIO, DEVICES_DOOR + ".SplitVirtqueue queue", "queue.take();");
  }

  @Test
  void cannotCastRegistersToTheDeviceBehindThem() throws Exception {
    assertHidden(
        DEVICES_DOOR,
        ModuleTable.VIRTIO,
        "dev.aerostat.engine.AsyncDmaMap map",
        "((" + DEVICES_DOOR + ".DeviceRegisters) map.device()).completeReset();");
  }

  /** Refused as hidden; and accepted once it is exported, so it is refused for nothing else. */
  private void assertHidden(String name, String owner, String parameter, String statement)
      throws Exception {
    List<String> refused = compiled(parameter, statement);
    assertTrue(
        refused.stream()
            .anyMatch(error -> error.contains(name) && error.contains("does not export")),
        () -> "refused for " + refused);
    assertEquals(
        List.of(),
        compiled(parameter, statement, "--add-exports", owner + "/" + name + "=stranger"));
  }

  /** Compiles a stranger's module; returns the errors. */
  private List<String> compiled(String parameter, String statement, String... options)
      throws Exception {
    var sources =
        List.of(
            source("module-info", "module stranger { requires dev.aerostat.engine; }"),
            source(
                "stranger.Vmm",
                "package stranger; class Vmm { void run(%s) { %s } }"
                    .formatted(parameter, statement)));
    var arguments =
        new ArrayList<>(
            List.of("-proc:none", "--class-path", "" + classes, "--module-path", modulePath()));
    arguments.addAll(List.of("-d", "" + classes));
    arguments.addAll(List.of(options));
    var found = new DiagnosticCollector<JavaFileObject>();
    boolean _ =
        ToolProvider.getSystemJavaCompiler()
            .getTask(null, null, found, arguments, null, sources)
            .call();
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
        .toList();
  }

  private static JavaFileObject source(String name, String text) {
    URI uri = URI.create("string:///" + name.replace('.', '/') + ".java");
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  /** What was built of the modules, and all that those require. */
  private static String modulePath() throws Exception {
    Stream<Path> ours =
        Project.directories().stream()
            .filter(directory -> !ModuleTable.WITHOUT_MODULE.contains(directory))
            .map(directory -> Path.of("..", "..").resolve(directory).resolve("target/classes"));
    var theirs = new ArrayList<Path>();
    for (Class<?> type :
        List.of(NullMarked.class, dagger.Module.class, jakarta.inject.Inject.class)) {
      theirs.add(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()));
    }
    return Stream.concat(ours, theirs.stream())
        .filter(Files::exists)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
