package dev.aerostat.simulation.trace;

import dev.aerostat.simulation.trace.TraceLine.Direction;
import dev.aerostat.simulation.trace.TraceLine.PageRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a trace from its beginning to its end without keeping it: gzipped or plain text, whichever
 * the file's content is.
 *
 * <p>The format, times in milliseconds: header lines {@code # <key> <value>}, of which {@code
 * guest_mem_mib} and {@code ram_layout} must be there; then {@code <ms> # <text>}, {@code <ms> T
 * <pages>}, {@code <ms> A <pages>}, and {@code <ms> M I|D <pages>} directly followed by its runs,
 * {@code <ms> I|D <first PFN, hexadecimal> <count>}, a negative count descending.
 *
 * <p>Not thread-safe.
 */
public final class TraceReader implements AutoCloseable {
  private static final int MOST_PAGES = 1 << 24;
  private static final Pattern NOTE = Pattern.compile("([0-9]{1,12}) # ?(.*)");
  private static final Pattern COUNT = Pattern.compile("([0-9]{1,12}) ([TA]) ([0-9]{1,10})");
  private static final Pattern MESSAGE = Pattern.compile("([0-9]{1,12}) M ([ID]) ([0-9]{1,8})");
  private static final Pattern RUN =
      Pattern.compile("([0-9]{1,12}) ([ID]) ([0-9a-f]{1,8}) (-?[0-9]{1,8})");

  private final TraceText text;
  private final TraceHeader header;
  private Optional<String> line;
  private long lastMillis;

  private TraceReader(TraceText text) throws IOException {
    this.text = text;
    var headerReader = new HeaderReader(text);
    line = text.next();
    while (line.filter(found -> found.startsWith("#")).isPresent()) {
      headerReader.read(line.orElseThrow().substring(1));
      line = text.next();
    }
    header = headerReader.finish();
  }

  /**
   * Opens a trace and reads its header.
   *
   * @param file the trace
   * @return a reader at the first line after the header; the caller closes it
   * @throws TraceFormatException if the header is not as it must be
   * @throws IOException if the file cannot be read
   */
  public static TraceReader open(Path file) throws IOException {
    TraceText text = TraceText.open(file);
    try {
      return new TraceReader(text);
    } catch (IOException failure) {
      text.close();
      throw failure;
    }
  }

  /**
   * Returns the header.
   *
   * @return the guest of the trace
   */
  public TraceHeader header() {
    return header;
  }

  /**
   * Reads on: one line, or a message with all its runs.
   *
   * @return what happened next, or empty at the end of the trace
   * @throws TraceFormatException if the line, or a run of the message, is not as it must be
   * @throws IOException if the file cannot be read
   */
  public Optional<TraceLine> next() throws IOException {
    if (line.isEmpty()) {
      return Optional.empty();
    }
    String current = line.orElseThrow();
    Matcher message = MESSAGE.matcher(current);
    if (message.matches()) {
      return Optional.of(readMessage(message));
    }
    TraceLine found = parse(current);
    line = text.next();
    return Optional.of(found);
  }

  private TraceLine parse(String current) throws TraceFormatException {
    Matcher note = NOTE.matcher(current);
    if (note.matches()) {
      return new TraceLine.Note(millis(note), note.group(2));
    }
    Matcher count = COUNT.matcher(current);
    if (count.matches() && Long.parseLong(count.group(3)) < 1L << 32) {
      long millis = millis(count);
      long pages = Long.parseLong(count.group(3));
      return count.group(2).equals("T")
          ? new TraceLine.Target(millis, pages)
          : new TraceLine.Actual(millis, pages);
    }
    throw text.error(
        "found '%s': expected '<ms> # <text>', '<ms> T <pages>', '<ms> A <pages>' or '<ms> M I|D <pages>'"
            .formatted(excerpt(current)));
  }

  private TraceLine readMessage(Matcher matched) throws IOException {
    long start = text.number();
    long millis = millis(matched);
    String letter = matched.group(2);
    int pages = Integer.parseInt(matched.group(3));
    if (pages < 1 || pages > MOST_PAGES) {
      throw text.error("a message of %d pages: expected 1 to %d".formatted(pages, MOST_PAGES));
    }
    var runs = new ArrayList<PageRun>();
    int left = pages;
    while (left > 0) {
      line = text.next();
      PageRun run = readRun(start, letter, pages, left);
      runs.add(run);
      left -= Math.abs(run.count());
    }
    line = text.next();
    return new TraceLine.Message(
        millis, letter.equals("I") ? Direction.INFLATE : Direction.DEFLATE, pages, runs);
  }

  private PageRun readRun(long start, String letter, int pages, int left) throws IOException {
    String current = line.orElse("");
    Matcher run = RUN.matcher(current);
    if (!run.matches() || !run.group(2).equals(letter)) {
      throw text.error(
          "found %s where the message of line %d, of %d pages, still lacks %d: expected '<ms> %s <pfn hex> <count>'"
              .formatted(
                  line.isEmpty() ? "the end of the file" : "'" + excerpt(current) + "'",
                  start,
                  pages,
                  left,
                  letter));
    }
    var _ = millis(run);
    var found = new PageRun(Long.parseLong(run.group(3), 16), Integer.parseInt(run.group(4)));
    if (found.count() == 0 || Math.abs(found.count()) > left) {
      throw text.error(
          "a run of %d pages where the message of line %d, of %d pages, lacks %d"
              .formatted(found.count(), start, pages, left));
    }
    if (!header.holds(found.firstPage(), found.endPage())) {
      throw text.error(outside(found));
    }
    return found;
  }

  private String outside(PageRun run) {
    return "%d pages from PFN 0x%x (%s) do not lie in the guest's memory %s"
        .formatted(
            Math.abs(run.count()),
            run.first(),
            run.count() > 0 ? "ascending" : "descending",
            header.ram());
  }

  private long millis(Matcher matched) throws TraceFormatException {
    long millis = Long.parseLong(matched.group(1));
    if (millis < lastMillis) {
      throw text.error(
          "time goes back from %d ms to %d ms: expected lines in the order of their times"
              .formatted(lastMillis, millis));
    }
    lastMillis = millis;
    return millis;
  }

  private static String excerpt(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
