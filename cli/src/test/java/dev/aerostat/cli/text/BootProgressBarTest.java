package dev.aerostat.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Progress;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootProgressBarTest {
  private static final Pattern BAR = Pattern.compile("[|│](.*)[|│]");
  private static final long GIB = 1L << 30;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Console console(int columns) {
    return new Console(
        InputStream.nullInputStream(),
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        new Terminal(true, columns));
  }

  /** What was drawn, without what erases it. */
  private List<String> drawn() {
    return Stream.of(err.toString(StandardCharsets.UTF_8).split("\r", -1))
        .map(String::stripTrailing)
        .filter(line -> BAR.matcher(line).find())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 45, 60, 80, 120})
  void anEighthOfMemoryFillsAnEighthOfTheBarWhichFits(int columns) {
    try (var bar = BootProgressBar.inGibibytes(console(columns), "8 GiB")) {
      bar.progressed(1_890_000_000L, new Progress(8 * GIB, GIB, 0, 0, false));
    }
    List<String> drawn = drawn();
    assertFalse(drawn.isEmpty(), err::toString);
    for (String line : drawn) {
      assertTrue(line.length() <= columns, line);
      Matcher bar = BAR.matcher(line);
      assertTrue(bar.find(), line);
      int cells = bar.group(1).length();
      assertTrue(cells >= 8, line);
      assertTrue(bar.group(1).chars().filter(cell -> cell == '█').count() <= cells / 8, line);
      assertFalse(line.contains("?"), line);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 120})
  void nothingIsDrawnBeforeItIsKnownHowMuchThereIs(int columns) {
    BootProgressBar.inGibibytes(console(columns), "8 GiB").close();
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }
}
