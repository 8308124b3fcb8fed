package dev.aerostat.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * What unmodified Linux drivers sent. A line is {@code ms M I|D pages} where a message begins, and
 * {@code ms I|D pfn count} for a run in it, the PFN in hexadecimal and the count negative where
 * PFNs descend.
 */
final class TraceStream {
  static final List<String> NAMES =
      List.of("m1-k61-boot", "m2-k612-boot", "m4-k61-boot", "m4-k612-boot", "m2-k612-frag");

  private static final String MEMORY = "# guest_mem_mib ";

  private final Half inflate = new Half();
  private final Half deflate = new Half();

  private TraceStream() {}

  /** Reads a recording: all that was inflated, then all that was deflated, each in its order. */
  static Stream read(String name) {
    var recording = new TraceStream();
    List<String> lines = lines(name);
    lines.forEach(line -> recording.add(line.split(" ")));
    return new Stream(
        UntouchedGuests.q35(memoryMib(lines) << 20),
        recording.inflate.messages(),
        recording.deflate.messages());
  }

  private static List<String> lines(String name) {
    String file = name + ".trace.gz";
    try (InputStream packed =
            Objects.requireNonNull(
                TraceStream.class.getResourceAsStream(file), () -> "no recording " + file);
        var reader =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static long memoryMib(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(MEMORY))
        .mapToLong(line -> Long.parseLong(line.substring(MEMORY.length())))
        .findFirst()
        .orElseThrow();
  }

  private void add(String[] words) {
    switch (words[1]) {
      case "M" -> half(words[2]).endMessage();
      case "I", "D" -> half(words[1]).addRun(Integer.parseInt(words[2], 16), count(words[3]));
      default -> {}
    }
  }

  private static int count(String word) {
    return Integer.parseInt(word);
  }

  private Half half(String letter) {
    return letter.equals("I") ? inflate : deflate;
  }

  /** The messages of one queue. */
  private static final class Half {
    private final List<IntStream> runs = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private int pages;

    void addRun(int pfn, int count) {
      runs.add(IntStream.range(0, Math.abs(count)).map(i -> pfn + (count > 0 ? i : -i)));
      pages += Math.abs(count);
    }

    void endMessage() {
      if (pages > 0 && (ends.isEmpty() || ends.getLast() != pages)) {
        ends.add(pages);
      }
    }

    Messages messages() {
      endMessage();
      return new Messages(
          runs.stream().flatMapToInt(run -> run).toArray(),
          ends.stream().mapToInt(Integer::intValue).toArray());
    }
  }
}
