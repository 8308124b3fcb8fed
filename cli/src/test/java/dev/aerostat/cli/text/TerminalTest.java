package dev.aerostat.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
  @Test
  void nothingIsDrawnWhereStandardErrorIsNoTerminal() {
    assertFalse(Terminal.of(false, Map.of("TERM", "xterm")).live());
    assertTrue(Terminal.of(true, Map.of("TERM", "xterm")).live());
  }

  @Test
  void nothingIsDrawnOnATerminalThatCannotEraseALine() {
    assertFalse(Terminal.of(true, Map.of("TERM", "dumb")).live());
    assertFalse(Terminal.of(true, Map.of("TERM", "")).live());
    assertFalse(Terminal.of(true, Map.of()).live());
  }

  @Test
  void nothingIsDrawnWhereNoBarFits() {
    assertFalse(Terminal.of(true, Map.of("TERM", "xterm", "COLUMNS", "39")).live());
    assertTrue(Terminal.of(true, Map.of("TERM", "xterm", "COLUMNS", "40")).live());
  }

  @ParameterizedTest
  @CsvSource({"60, 60", "' 132 ', 132", "5, 20"})
  void linesAreAsWideAsColumnsSaysButNeverTooNarrowToRead(String columns, int width) {
    assertEquals(width, Terminal.of(false, Map.of("COLUMNS", columns)).columns());
  }

  @ParameterizedTest
  @CsvSource({"''", "0", "-3", "wide", "99999999999"})
  void linesHaveAnyLengthWhereColumnsSaysNothing(String columns) {
    assertEquals(Terminal.UNLIMITED, Terminal.of(false, Map.of("COLUMNS", columns)).columns());
    assertEquals(Terminal.UNLIMITED, Terminal.of(true, Map.of()).columns());
  }
}
