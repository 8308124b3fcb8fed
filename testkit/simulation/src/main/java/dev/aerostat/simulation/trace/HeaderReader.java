package dev.aerostat.simulation.trace;

import dev.aerostat.api.GuestRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Gathers the header from the lines that begin with {@code #}. */
final class HeaderReader {
  private static final long MIB = 1L << 20;
  private static final long FOUR_GIB = 4L << 30;
  private static final long LOW_END = 0x8000_0000L;
  private static final long MOST_MIB = (16L << 20) - 2048;
  private static final String LOW = "q35: below 4 GiB all";
  private static final String SPLIT = "q35: below 4 GiB [0,0x80000000); rest from 0x100000000";

  private final TraceText text;
  private String name = "";
  private String kernel = "";
  private OptionalLong memoryBytes = OptionalLong.empty();
  private Optional<String> layout = Optional.empty();
  private long layoutLine;

  HeaderReader(TraceText text) {
    this.text = text;
  }

  void read(String comment) throws TraceFormatException {
    String[] words = comment.strip().split("\\s+", 2);
    String value = words.length == 2 ? words[1] : "";
    switch (words[0]) {
      case "name" -> name = value;
      case "kernel" -> kernel = value;
      case "guest_mem_mib" -> memoryBytes = OptionalLong.of(mebibytes(value) * MIB);
      case "ram_layout" -> {
        layout = Optional.of(value);
        layoutLine = text.number();
      }
      default -> {
        // Other lines are for people.
      }
    }
  }

  /** Puts the header together once the first line that is not part of it was read. */
  TraceHeader finish() throws TraceFormatException {
    long bytes =
        memoryBytes.orElseThrow(() -> missing("# guest_mem_mib <MiB>, how much RAM the guest has"));
    String where = layout.orElseThrow(() -> missing("# ram_layout <where>, where its RAM lies"));
    return new TraceHeader(name, kernel, bytes, ranges(where, bytes));
  }

  private List<GuestRange> ranges(String where, long bytes) throws TraceFormatException {
    if (where.equals(LOW) && bytes <= FOUR_GIB) {
      return List.of(new GuestRange(0, bytes));
    }
    if (where.equals(SPLIT) && bytes > LOW_END) {
      return List.of(new GuestRange(0, LOW_END), GuestRange.ofLength(FOUR_GIB, bytes - LOW_END));
    }
    throw text.error(
        layoutLine,
        "RAM layout '%s' does not fit %d MiB: expected '%s' for up to 4 GiB or '%s' for more than 2 GiB"
            .formatted(where, bytes / MIB, LOW, SPLIT));
  }

  private long mebibytes(String value) throws TraceFormatException {
    if (value.matches("[1-9][0-9]{0,7}") && Long.parseLong(value) <= MOST_MIB) {
      return Long.parseLong(value);
    }
    throw text.error("guest_mem_mib is '%s': expected MiB from 1 to %d".formatted(value, MOST_MIB));
  }

  private TraceFormatException missing(String line) {
    return text.error("the header ends here without '%s'".formatted(line));
  }
}
