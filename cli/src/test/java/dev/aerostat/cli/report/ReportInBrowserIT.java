package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * The pages in a browser: they draw without a complaint, ask for nothing, and show the figures that
 * {@code --json} prints. Screenshots are left in {@code target/report-screenshots}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportInBrowserIT {
  private static final int PHONE = 375;
  private static final int DESKTOP = 1280;
  private static final Path SCREENSHOTS = Path.of("target", "report-screenshots");
  private static final String RECORDING =
      "../testkit/simulation/src/test/resources/traces/m1-k61-boot.trace.gz";

  // Chromium's last processes may still write when it has ended.
  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path profile = Path.of("");

  @TempDir private Path directory = Path.of("");
  private Optional<Chromium> chromium = Optional.empty();

  @BeforeAll
  void startBrowser() throws IOException {
    Path program =
        Chromium.program()
            .orElseThrow(
                () ->
                    new TestAbortedException(
                        "skipped: there is no chromium on the PATH; apt-get install chromium"));
    Files.createDirectories(SCREENSHOTS);
    chromium = Optional.of(Chromium.start(program, profile));
  }

  @AfterAll
  void endBrowser() {
    chromium.ifPresent(Chromium::close);
  }

  private Chromium browser() {
    return chromium.orElseThrow();
  }

  private record Written(Path file, Json figures) {}

  private Written written(String name, String... args) throws IOException {
    Path file = directory.resolve(name + ".html");
    String[] all = new String[args.length + 3];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(new String[] {"--json", "--report", file.toString()}, 0, all, args.length, 3);
    Invocation invocation = Invocation.of(Simulator.onVirtualClock(), all);
    assertEquals(0, invocation.exitCode(), invocation.err());
    return new Written(file, Json.of(invocation.out()));
  }

  /** Opens a page in both themes and two widths, and leaves pictures of it. */
  private void lookAt(String name, Written page) throws IOException {
    for (boolean dark : new boolean[] {false, true}) {
      for (int width : new int[] {PHONE, DESKTOP}) {
        browser().open(page.file(), width, dark);
        assertEquals(List.of(), browser().complaints());
        assertEquals(
            List.of(),
            browser().requests().stream().filter(url -> !url.startsWith("file:")).toList());
        assertEquals(1, browser().requests().size(), "the page itself is all it asks for");
        assertEquals(
            Integer.toString(width),
            browser().evaluate("document.documentElement.scrollWidth"),
            "nothing is wider than the screen");
        Files.write(
            SCREENSHOTS.resolve("%s-%s-%d.png".formatted(name, dark ? "dark" : "light", width)),
            browser().screenshot());
      }
    }
  }

  /** Returns each figure of the page's tables by its name, digits without commas. */
  private Map<String, String> shown() {
    Json cells =
        Json.of(
            browser()
                .evaluate(
                    """
                    JSON.stringify([...document.querySelectorAll('.figures')].map(table =>
                      [...table.querySelectorAll('[data-figure]')].map(cell =>
                        [cell.dataset.figure, cell.textContent])))"""));
    List<String> flat = cells.all(".*");
    boolean several = cells.has("[1][0][0]");
    Map<String, String> shown = new LinkedHashMap<>();
    int index = 0;
    for (Map.Entry<String, String> cell : cells.values().entrySet()) {
      if (cell.getKey().endsWith("[0]")) {
        String table = cell.getKey().substring(0, cell.getKey().indexOf(']') + 1);
        String text = flat.get(index + 1);
        shown.put(
            several ? table + "." + cell.getValue() : cell.getValue(),
            text.matches("-?[0-9,]+") ? text.replace(",", "") : text);
      }
      index++;
    }
    return shown;
  }

  private static Map<String, String> printed(Json figures) {
    Map<String, String> printed = new LinkedHashMap<>();
    figures.values().forEach((path, value) -> printed.put(path, String.valueOf(value)));
    return printed;
  }

  private String text(String selector) {
    return browser().evaluate("document.querySelector('" + selector + "').innerText");
  }

  @Test
  void aGuestThatPlugsItsMemoryIsShownInItsOwnWords() throws IOException {
    Written page = written("plugs", "boot", "--memory", "8G", "--withhold", "virtio-mem");
    lookAt("plugs", page);
    assertEquals(printed(page.figures()), shown());
    String shown = text("body");
    assertTrue(shown.contains("the virtio-mem driver loads"), shown);
    assertTrue(shown.contains("all is plugged: the guest has all its memory"), shown);
    assertTrue(shown.contains("not plugged, and mapped already"), shown);
    assertTrue(!shown.contains("balloon driver"), shown);
  }

  @Test
  void aBootShowsTheFiguresThatJsonPrints() throws IOException {
    Written page =
        written(
            "boot", "boot", "--memory", "8G", "--balloon-page", "2M", "--seed", "9007199254740993");
    lookAt("boot", page);
    assertEquals(printed(page.figures()), shown());
    assertTrue(text("footer pre").startsWith("aerostat boot --memory 8G --balloon-page 2M"));
    assertEquals("2", browser().evaluate("document.querySelectorAll('.chart canvas').length"));
  }

  @Test
  void aBootWithAStockDriverShowsThemToo() throws IOException {
    Written page = written("boot-4k", "boot", "--memory", "8G");
    lookAt("boot-4k", page);
    assertEquals(printed(page.figures()), shown());
  }

  @Test
  void aComparisonShowsEachRunsFiguresAndTheTimesOfTheTable() throws IOException {
    Written page = written("compare", "compare", "--memory", "256M,1G,4G");
    lookAt("compare", page);
    assertEquals(printed(page.figures()), shown());
    List<String> ready = page.figures().all("\\[\\d+]\\.timeline\\.dmaReadyNanos");
    Json cells =
        Json.of(
            browser()
                .evaluate(
                    "JSON.stringify([...document.querySelectorAll('[data-nanos]')]"
                        + ".map(cell => cell.dataset.nanos))"));
    assertEquals(ready.stream().filter(nanos -> !nanos.equals("null")).toList(), cells.all(".*"));
  }

  @Test
  void theReplayOfTwoRecordingsShowsBoth() throws IOException {
    Written page = written("replay", "replay", RECORDING, RECORDING);
    lookAt("replay", page);
    assertEquals(printed(page.figures()), shown());
    assertEquals("4", browser().evaluate("document.querySelectorAll('.chart canvas').length"));
  }

  @Test
  void aLongBootCanBeSeenUntilItsGateOpens() throws IOException {
    Written page =
        written(
            "long", "boot", "--memory", "16G", "--balloon-page", "2M", "--driver-after", "100ms");
    browser().open(page.file(), DESKTOP, false);
    String whole = text(".ticks span:last-child");
    assertTrue(whole.endsWith(" s"), whole);
    assertEquals(
        "1",
        browser()
            .evaluate(
                """
                (() => {
                  document.querySelectorAll('.switch button')[1].click();
                  return document.querySelectorAll('.switch [aria-pressed="true"]').length;
                })()"""));
    String opening = text(".ticks span:last-child");
    assertTrue(opening.endsWith(" ms"), opening);
    assertEquals(List.of(), browser().complaints());
    Files.write(SCREENSHOTS.resolve("long-opening.png"), browser().screenshot());
  }

  @Test
  void aBootThatFailedSaysWhy() throws IOException {
    Path file = directory.resolve("failed.html");
    Invocation failed =
        Invocation.of(
            Simulator.onVirtualClock(),
            "boot",
            "--memory",
            "64M",
            "--mapper-option",
            "fail=map:rate=1",
            "--report",
            file.toString());
    assertEquals(1, failed.exitCode());
    browser().open(file, PHONE, true);
    assertEquals(List.of(), browser().complaints());
    assertTrue(text(".notice").startsWith("Failed: the gate never opened; the host refused"));
    Files.write(SCREENSHOTS.resolve("failed-dark-375.png"), browser().screenshot());
  }

  @Test
  void aPointedAtPictureTellsWhatIsThere() throws IOException {
    browser()
        .open(
            written("boot", "boot", "--memory", "1G", "--balloon-page", "2M").file(),
            DESKTOP,
            false);
    String readout =
        browser()
            .evaluate(
                """
                (() => {
                  const over = document.querySelectorAll('.u-over')[1];
                  const box = over.getBoundingClientRect();
                  for (const type of ['mouseenter', 'mousemove']) {
                    over.dispatchEvent(new MouseEvent(type, {bubbles: true, view: window,
                      clientX: box.right - 2, clientY: box.top + 2}));
                  }
                  return new Promise(done => setTimeout(() =>
                    done(document.querySelectorAll('.readout')[1].innerText), 100));
                })()""");
    assertTrue(readout.endsWith("guest-owned and mapped"), readout);
  }

  @Test
  void whatARecordingIsCalledIsNeverMarkup() throws IOException {
    Path odd = Files.copy(Path.of(RECORDING), directory.resolve("<img src=x onerror=alert(1)>.gz"));
    Written page = written("odd", "replay", odd.toString());
    browser().open(page.file(), DESKTOP, false);
    assertEquals(List.of(), browser().complaints());
    assertEquals("0", browser().evaluate("document.querySelectorAll('img').length"));
    assertTrue(text(".lead").contains("<img src=x onerror=alert(1)>.gz"), text(".lead"));
  }
}
