package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The figures of the page about the model, and those of the README, are what the command prints.
 */
class ModelPageTest {
  /** The tests run in the directory of their module. */
  private static final Path ROOT = Path.of("..");

  private final List<String> printed =
      Invocation.of(Simulator.onVirtualClock(), "compare", "--memory", "8G,384G")
          .out()
          .lines()
          .filter(line -> line.matches("\\d+ GiB .*"))
          .map(ModelPageTest::figures)
          .toList();

  @Test
  void theTableIsWhatTheCommandPrints() throws IOException {
    assertEquals(2, printed.size());
    assertEquals(
        printed,
        rows("docs/model.md", 9)
            .map(ModelPageTest::figures)
            .filter(row -> row.startsWith("8GiB") || row.startsWith("384GiB"))
            .toList());
  }

  @Test
  void theReadmeNamesTheSameTimes() throws IOException {
    List<String> times = rows("README.md", 4).map(row -> cell(row, 2)).toList();
    assertEquals(5, times.size(), "the table of what to use when");
    for (String time : times) {
      assertTrue(
          printed.getLast().contains(time.replace(" ", "")),
          () -> time + " is not in " + printed.getLast());
    }
  }

  private static Stream<String> rows(String page, int bars) throws IOException {
    return Files.readString(ROOT.resolve(page))
        .lines()
        .filter(line -> line.startsWith("| ") && line.matches(".* s(\\*\\*)? \\|.*"))
        .filter(line -> line.chars().filter(c -> c == '|').count() == bars);
  }

  private static String cell(String row, int column) {
    return row.split("\\|", -1)[column].replace("*", "").strip();
  }

  /** The words of a row, without what sets it in columns. */
  private static String figures(String row) {
    return row.replaceAll("\\[\\d+]|[ |()]", "");
  }
}
