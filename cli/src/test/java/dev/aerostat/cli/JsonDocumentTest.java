package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.cli.boot.Reports;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the commands print is what docs/json.md says, no key more and no key less. */
class JsonDocumentTest {
  private final JsonDocument document;

  JsonDocumentTest() throws IOException {
    document = new JsonDocument();
  }

  private static Set<String> printed(FakeSimulator simulator, String commandLine) {
    Invocation invocation = Invocation.of(simulator, (commandLine + " --json").split(" "));
    return JsonPaths.of(invocation.out());
  }

  private void assertDocumented(String section, String commandLine) {
    JsonDocument.assertSame(document.keys(section), printed(FakeSimulator.smooth(), commandLine));
  }

  @Test
  void everyCommandThatPrintsJsonHasASection() {
    var console = new Console(InputStream.nullInputStream(), System.out, System.err, Terminal.NONE);
    Set<String> commands =
        AerostatCommand.on(FakeSimulator.smooth(), console).getSubcommands().entrySet().stream()
            .filter(it -> it.getValue().getCommandSpec().optionsMap().containsKey("--json"))
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));
    commands.add("serve --control");
    assertEquals(commands, document.commands());
  }

  @Test
  void boot() {
    assertDocumented("boot, replay", "boot --memory 8G");
  }

  @Test
  void replay() {
    assertDocumented("boot, replay", "replay a.trace");
    assertDocumented("boot, replay", "replay a.trace b.trace");
  }

  @Test
  void compare() {
    var simulator =
        new FakeSimulator(
            scenario -> {
              if (!scenario.variant().merge()) {
                throw new IllegalArgumentException("too many mappings");
              }
              return Reports.of(scenario);
            });
    Set<String> documented = document.keys("boot, replay");
    documented.addAll(document.keys("compare"));
    JsonDocument.assertSame(documented, printed(simulator, "compare --memory 8G"));
  }

  @Test
  void explore() {
    var breaching =
        new FakeSimulator(scenario -> Reports.breaching(Reports.of(scenario), "the gate"));
    Set<String> printed = printed(breaching, "explore --seeds 1");
    printed.addAll(printed(FakeSimulator.smooth(), "explore --seeds 1"));
    JsonDocument.assertSame(document.keys("explore"), printed);
  }

  @Test
  void mappers() {
    assertDocumented("mappers", "mappers");
  }

  @Test
  void selftest() {
    Set<String> printed =
        printed(FakeSimulator.smooth(), "selftest --mapper-option dma-entry-limit=100").stream()
            .map(path -> path.replaceFirst("^options\\..*", "options"))
            .collect(Collectors.toCollection(TreeSet::new));
    JsonDocument.assertSame(document.keys("selftest"), printed);
  }
}
