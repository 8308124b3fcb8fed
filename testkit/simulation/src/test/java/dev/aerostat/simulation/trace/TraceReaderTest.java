package dev.aerostat.simulation.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.simulation.trace.TraceLine.Direction;
import dev.aerostat.simulation.trace.TraceLine.Message;
import dev.aerostat.simulation.trace.TraceLine.PageRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceReaderTest {
  private static final List<String> SMALL =
      List.of(
          "# name small",
          "# guest_mem_mib 1024",
          "# kernel 6.1.0-56-cloud-amd64 (Debian)",
          "# ram_layout q35: below 4 GiB all",
          "0 # booted (HELLO)",
          "5 T 512",
          "6 M I 5",
          "6 I 3e9c2 -4",
          "6 I 100 1",
          "6 A 5",
          "7 M D 2",
          "7 D 3e9bf 2",
          "7 A 3");

  @TempDir private Path directory;

  @Test
  void everyKindOfLineIsRead() throws IOException {
    assertEquals(
        List.of(
            new TraceLine.Note(0, "booted (HELLO)"),
            new TraceLine.Target(5, 512),
            new Message(
                6, Direction.INFLATE, 5, List.of(new PageRun(0x3e9c2, -4), new PageRun(0x100, 1))),
            new TraceLine.Actual(6, 5),
            new Message(7, Direction.DEFLATE, 2, List.of(new PageRun(0x3e9bf, 2))),
            new TraceLine.Actual(7, 3)),
        Traces.readAll(SMALL));
  }

  @Test
  void aRunKnowsTheRangeItCovers() {
    assertEquals(0x3e9bf, new PageRun(0x3e9c2, -4).firstPage());
    assertEquals(0x3e9c3, new PageRun(0x3e9c2, -4).endPage());
    assertEquals(0x100, new PageRun(0x100, 3).firstPage());
    assertEquals(0x103, new PageRun(0x100, 3).endPage());
  }

  @ParameterizedTest
  @CsvSource({
    "m1-k61-boot, 1024, 196608, 768, 244.5",
    "m2-k612-boot, 2048, 458752, 1792, 250.7",
    "m4-k61-boot, 4096, 917504, 3584, 252.9",
    "m4-k612-boot, 4096, 917504, 3584, 252.8",
    "m2-k612-frag, 2048, 360603, 1563, 17.0"
  })
  void theRecordedTracesCountAsTheirReadmeSays(
      String name, long mebibytes, long pages, long messages, double meanRun) throws IOException {
    Path file = Traces.recorded(name);
    try (TraceReader trace = TraceReader.open(file)) {
      assertEquals(name, trace.header().name());
      assertEquals(mebibytes << 20, trace.header().memoryBytes());
      assertTrue(trace.header().kernel().startsWith("6.1"), trace.header()::kernel);
    }
    List<Message> inflates = messages(file, Direction.INFLATE);
    long inflated = pages(inflates);
    assertEquals(pages, inflated);
    assertEquals(messages, inflates.size());
    assertEquals(pages, pages(messages(file, Direction.DEFLATE)));
    double runs = inflates.stream().mapToInt(message -> message.runs().size()).sum();
    assertEquals(meanRun, inflated / runs, 0.05);
  }

  private static List<Message> messages(Path file, Direction direction) throws IOException {
    return Traces.readAll(file).stream()
        .filter(Message.class::isInstance)
        .map(Message.class::cast)
        .filter(message -> message.direction() == direction)
        .toList();
  }

  private static long pages(List<Message> messages) {
    return messages.stream()
        .flatMap(message -> message.runs().stream())
        .mapToLong(run -> run.endPage() - run.firstPage())
        .sum();
  }

  @Test
  void theHeaderTellsWhereRamLies() throws IOException {
    try (TraceReader trace = TraceReader.open(Traces.recorded("m4-k61-boot"))) {
      assertEquals(
          List.of(new GuestRange(0, 2L << 30), new GuestRange(4L << 30, 6L << 30)),
          trace.header().ram());
    }
    try (TraceReader trace = TraceReader.open(Traces.recorded("m2-k612-frag"))) {
      assertEquals(List.of(new GuestRange(0, 2L << 30)), trace.header().ram());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2  | # guest_mem_mib lots   | 2  | guest_mem_mib is 'lots': expected MiB from 1 to 16775168
          2  | # guest_mem_mib 8192   | 4  | RAM layout 'q35: below 4 GiB all' does not fit 8192 MiB
          2  | # unknown 1            | 5  | the header ends here without '# guest_mem_mib <MiB>
          4  | # unknown 1            | 5  | the header ends here without '# ram_layout <where>
          4  | # ram_layout pc        | 4  | RAM layout 'pc' does not fit 1024 MiB
          5  | x # booted             | 5  | found 'x # booted': expected '<ms> # <text>'
          6  | 5 T many               | 6  | found '5 T many'
          6  | 5 T 4294967296         | 6  | found '5 T 4294967296'
          6  | 5 I 3e9c2 1            | 6  | found '5 I 3e9c2 1'
          7  | 6 M I 0                | 7  | a message of 0 pages: expected 1 to
          7  | 6 M I 4                | 9  | found '6 I 100 1'
          7  | 6 M I 6                | 10 | found '6 A 5' where the message of line 7, of 6 pages, still lacks 1
          7  | 6 M D 5                | 8  | found '6 I 3e9c2 -4' where the message of line 7
          8  | 6 I 3e9c2 -6           | 8  | a run of -6 pages where the message of line 7, of 5 pages, lacks 5
          8  | 6 I 3e9c2 0            | 8  | a run of 0 pages
          8  | 6 I 40000 -4           | 8  | 4 pages from PFN 0x40000 (descending) do not lie in the guest's memory [[0x0, 0x40000000)]
          8  | 6 I 3ffff 4            | 8  | 4 pages from PFN 0x3ffff (ascending) do not lie
          8  | 6 I 2 -4               | 8  | 4 pages from PFN 0x2 (descending) do not lie
          10 | 4 A 5                  | 10 | time goes back from 6 ms to 4 ms
          12 | 7 D 3e9bf              | 12 | found '7 D 3e9bf' where the message of line 11
          """)
  void aGarbledLineIsNamed(int changed, String text, long reported, String problem) {
    String[] lines = SMALL.toArray(String[]::new);
    lines[changed - 1] = text;
    var error =
        assertThrows(TraceFormatException.class, () -> Traces.readAll(Arrays.asList(lines)));
    assertEquals(reported, error.line(), error::toString);
    String expected = ".trace, line %d: %s".formatted(reported, problem);
    assertTrue(error.toString().contains(expected), error::toString);
    assertFalse(error.toString().contains("\n"), error::toString);
  }

  @Test
  void aTraceThatEndsInsideAMessageIsNamedByTheLineThatIsMissing() {
    var error = assertThrows(TraceFormatException.class, () -> Traces.readAll(SMALL.subList(0, 8)));
    assertEquals(9, error.line());
    assertTrue(
        error.toString().contains("found the end of the file where the message of line 7"),
        error::toString);
  }

  @Test
  void anEmptyFileHasNoHeader() {
    var error = assertThrows(TraceFormatException.class, () -> Traces.readAll(List.of()));
    assertEquals(1, error.line());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 12, 500, 20_000})
  void aTruncatedGzipFileIsAnErrorOfTheTrace(int bytes) throws IOException {
    byte[] whole = Files.readAllBytes(Traces.recorded("m1-k61-boot"));
    Path file = Files.write(directory.resolve("cut.trace.gz"), Arrays.copyOf(whole, bytes));
    var error = assertThrows(TraceFormatException.class, () -> Traces.readAll(file));
    assertTrue(error.toString().contains("gzip data is damaged"), error::toString);
  }

  @Test
  void aFileWithoutLinesDoesNotFillTheMemory() throws IOException {
    Path file = Files.write(directory.resolve("zeros"), new byte[1 << 20]);
    var error = assertThrows(TraceFormatException.class, () -> TraceReader.open(file).close());
    assertTrue(error.toString().contains("longer than 65536 bytes"), error::toString);
  }

  @Test
  void aMissingFileIsNoFormatError() {
    assertThrows(
        NoSuchFileException.class, () -> TraceReader.open(directory.resolve("none")).close());
  }
}
