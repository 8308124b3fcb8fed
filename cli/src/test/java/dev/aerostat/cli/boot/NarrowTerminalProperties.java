package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.text.ByteSize;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Stories, pictures and tables where lines are short. */
class NarrowTerminalProperties {
  private static final int LONGEST_WORD = 25;

  @Property(tries = 200)
  void theStoryOfABootFits(@ForAll @IntRange(min = 20, max = 120) int columns) {
    for (OptionalLong driver :
        new OptionalLong[] {OptionalLong.empty(), OptionalLong.of(1_000_000_000)}) {
      assertFits(BootReportText.of(Reports.large(), driver, columns), columns);
      assertFits(BootReportText.of(Reports.hung(), driver, columns), columns);
    }
  }

  @Property(tries = 100)
  void aComparisonFits(@ForAll @IntRange(min = 45, max = 140) int columns) {
    assertFits(compared(columns), columns);
  }

  /** A word may be longer than what a label leaves of a very short line. */
  private static void assertFits(String text, int columns) {
    int widest = Math.max(columns, 12 + LONGEST_WORD);
    assertTrue(text.lines().allMatch(line -> line.length() <= widest), columns + ":\n" + text);
    if (columns >= 40) {
      assertTrue(text.lines().allMatch(line -> line.length() <= columns), columns + ":\n" + text);
    }
  }

  @Property(tries = 50)
  void aComparisonHasAllItsFiguresHoweverNarrow(
      @ForAll @IntRange(min = 20, max = 140) int columns) {
    assertEquals(figures(compared(200)), figures(compared(columns)));
  }

  private static String figures(String table) {
    return Arrays.stream(table.split("\\s+"))
        .filter(word -> word.matches("[0-9.]+×"))
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String compared(int columns) {
    Invocation invocation =
        Invocation.within(
            columns,
            FakeSimulator.smooth(),
            "compare",
            "--memory",
            "8G,64G," + new ByteSize(384L << 30).exactly());
    assertEquals(0, invocation.exitCode(), invocation.err());
    return invocation.out();
  }

  @Example
  void aPictureKeepsItsProportions() {
    assertEquals(
        """
               DMA  ░██████████████████████████████  ░ waits █ open
           mapping  ███████████████████████████████
           balloon   ██████████████████████████████  ▒ fills █ holds
                    0 s                      97.0 s
        """,
        BootChart.of(Reports.large(), OptionalLong.of(1_000_000_000), 60).orElseThrow());
  }

  @Example
  void aTableThatIsTooWideBecomesSeveralWithTheSameFirstColumn() {
    String table = compared(60);
    assertEquals(
        """
        memory      sync   sync-prefault   async-4k-unmerged
        8 GiB     2.00 s   250 ms  8.00×       2.53 s  0.79×
        64 GiB    16.0 s   2.00 s  8.00×       2.53 s  6.31×
        384 GiB   96.0 s   12.0 s  8.00×       2.53 s  37.9×

        memory         async-4k       async-mem        async-2m
        8 GiB     2.53 s  0.79×   2.53 s  0.79×   2.53 s  0.79×
        """,
        table.lines().skip(3).limit(7).collect(Collectors.joining("\n", "", "\n")));
  }
}
