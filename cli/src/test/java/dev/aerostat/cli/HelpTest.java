package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.boot.FakeSimulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "boot --help",
        "compare --help",
        "explore --help",
        "replay --help",
        "mappers --help",
        "selftest --help",
        "doctor --help",
        "serve --help",
        "jfr --help"
      })
  void isPrintedWhenAskedFor(String commandLine) {
    Invocation invocation = Invocation.of(FakeSimulator.smooth(), commandLine.split(" "));
    assertEquals(0, invocation.exitCode());
    assertEquals("", invocation.err());
    assertTrue(invocation.out().startsWith("Usage: aerostat"), invocation.out());
  }

  @Test
  void tellsExitCodesAndWhereToBegin() {
    String help = Invocation.of(FakeSimulator.smooth(), "--help").out();
    assertTrue(help.contains("aerostat boot --memory 384G --balloon-page 2M"), help);
    assertTrue(help.contains("wrong usage"), help);
  }

  @Test
  void theVersionNamesReleaseJavaAndCommit() {
    String version = Invocation.of(FakeSimulator.smooth(), "--version").out();
    assertTrue(version.matches("aerostat \\S.* \\(Java .*\\)\\Rcommit \\S.*\\R"), version);
  }

  @Test
  void mappersAreListedWithWhatTheyNeed() {
    String mappers = Invocation.of(FakeSimulator.smooth(), "mappers").out();
    assertTrue(mappers.startsWith("sim           available: "), mappers);
  }
}
