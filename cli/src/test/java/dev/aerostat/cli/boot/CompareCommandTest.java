package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CompareCommandTest {
  private static BootReport onlyMerged(BootScenario scenario) {
    if (!scenario.variant().merge() && scenario.memoryBytes() > 8L << 30) {
      throw new IllegalArgumentException("too many mappings");
    }
    return Reports.of(scenario);
  }

  private static Invocation compare(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "compare";
    System.arraycopy(args, 0, all, 1, args.length);
    return Invocation.of(new FakeSimulator(CompareCommandTest::onlyMerged), all);
  }

  @Test
  void setsVariantsSideBySideAndTellsInAFootnoteWhatCannotBe() {
    assertEquals(
        """
        Time until the guest may do DMA, and how many times sooner than sync

        memory      sync   sync-prefault   async-4k-unmerged        async-4k       async-mem        async-2m   async-2m-no-premap
        8 GiB     2.00 s   250 ms  8.00×       2.53 s  0.79×   2.53 s  0.79×   2.53 s  0.79×   2.53 s  0.79×        2.53 s  0.79×
        64 GiB    16.0 s   2.00 s  8.00×      infeasible [1]   2.53 s  6.31×   2.53 s  6.31×   2.53 s  6.31×        2.53 s  6.31×
        384 GiB   96.0 s   12.0 s  8.00×      infeasible [1]   2.53 s  37.9×   2.53 s  37.9×   2.53 s  37.9×        2.53 s  37.9×

        sync                 everything is mapped first: today
        sync-prefault        the same, populated by 8 threads
        async-4k-unmerged    a stock driver, each page an operation and a map of its own, by iommufd's rules
        async-4k             a stock driver, adjacent pages merged
        async-mem            a stock driver of virtio-mem plugs what the guest did not boot with
        async-2m             a driver patched to balloon 2 MiB pages
        async-2m-no-premap   the same, but memory is mapped only once the guest asks for it

        [1] async-4k-unmerged with 64 GiB: too many mappings
        """,
        compare("--memory", "8G,64G,384G").out());
  }

  @Test
  void keepsTheOrderAskedForAndNamesASizeOnce() {
    String rows =
        compare("--memory", "64G,8G,64G")
            .out()
            .lines()
            .filter(line -> line.contains("GiB ") && !line.contains("with"))
            .map(line -> line.substring(0, line.indexOf(' ')))
            .collect(Collectors.joining(" "));
    assertEquals("64 8", rows);
  }

  @Test
  void measuresTheSizesOfTheTalkByDefault() {
    FakeSimulator simulator = FakeSimulator.smooth();
    Invocation.of(simulator, "compare");
    String sizes =
        simulator.booted.stream()
            .map(BootScenario::memoryBytes)
            .distinct()
            .sorted()
            .map(bytes -> new ByteSize(bytes).exactly())
            .collect(Collectors.joining(","));
    assertEquals("8G,16G,32G,64G,128G,256G,384G", sizes);
    assertEquals(7 * 7, simulator.booted.size());
  }

  @Test
  void printsTheSameWhicheverRunEndsFirst() {
    Invocation first = compare("--json");
    for (int i = 0; i < 5; i++) {
      assertEquals(first, compare("--json"));
    }
  }

  @Test
  void linesUpItsColumns() {
    String[] lines =
        compare("--memory", "64M,8G,15T").out().lines().skip(2).limit(4).toArray(String[]::new);
    long widths = Arrays.stream(lines).mapToInt(String::length).distinct().count();
    assertEquals(1, widths, () -> String.join("\n", lines));
  }

  @Test
  void writesARowForEveryRunEvenIfItCannotBe() {
    String json = compare("--json", "--memory", "8G,64G").out();
    assertEquals(14, json.lines().filter(line -> line.contains("\"memoryBytes\"")).count());
    assertEquals(1, json.lines().filter(line -> line.contains("\"infeasible\"")).count());
    assertTrue(json.startsWith("["), json);
  }
}
