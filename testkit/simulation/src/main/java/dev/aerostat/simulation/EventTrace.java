package dev.aerostat.simulation;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Progress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Writes each event of a run as a line of a file, in columns that {@code docs/trace.md} explains.
 * Not thread-safe.
 */
public final class EventTrace implements BootWatcher, AutoCloseable {
  private static final String HEADER =
      """
      # Event trace 1 of Aerostat; docs/trace.md explains it
      #       seconds  what              where                             how much
      """;

  private static final int TIME_END = 15;
  private static final int WHAT_START = TIME_END + 2;
  private static final int WHERE_START = WHAT_START + 18;
  private static final int AMOUNT_START = WHERE_START + 34;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int NANO_DIGITS = 9;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path path;
  private final OutputStream out;
  private final BootWatcher next;
  private final StringBuilder line = new StringBuilder();

  private EventTrace(Path path, OutputStream out, BootWatcher next) {
    this.path = path;
    this.out = out;
    this.next = next;
  }

  /**
   * Creates a file, or empties one that is there.
   *
   * @param path where it is
   * @param next told of all that this is told
   * @return a file with a header
   * @throws IOException if the file cannot be written: the message names it and the reason
   */
  public static EventTrace open(Path path, BootWatcher next) throws IOException {
    try {
      var out = new BufferedOutputStream(Files.newOutputStream(path), BUFFER_BYTES);
      out.write(HEADER.getBytes(StandardCharsets.US_ASCII));
      return new EventTrace(path, out, next);
    } catch (IOException failure) {
      throw notWritten(path, failure);
    }
  }

  @Override
  public void started(GuestMemory memory) {
    next.started(memory);
  }

  @Override
  public void deflateReturned(long waitNanos) {
    next.deflateReturned(waitNanos);
  }

  @Override
  public void progressed(long nowNanos, Progress progress) {
    next.progressed(nowNanos, progress);
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if the line cannot be written: the cause names file and reason
   */
  @Override
  public void happened(long nowNanos, BootEvent event, long where, long bytes, long amount) {
    line.setLength(0);
    appendTime(nowNanos);
    padTo(WHAT_START);
    line.append(event);
    padTo(WHERE_START);
    appendPlace(event.place(), where, bytes);
    padTo(AMOUNT_START);
    appendAmount(event.unit(), amount);
    line.append('\n');
    try {
      out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException failure) {
      throw new UncheckedIOException(notWritten(path, failure));
    }
    next.happened(nowNanos, event, where, bytes, amount);
  }

  private void appendTime(long nanos) {
    line.append(nanos / NANOS_PER_SECOND).append('.');
    String fraction = Long.toString(nanos % NANOS_PER_SECOND);
    line.repeat('0', NANO_DIGITS - fraction.length()).append(fraction);
    if (line.length() < TIME_END) {
      line.insert(0, " ".repeat(TIME_END - line.length()));
    }
  }

  private void appendPlace(BootEvent.Place place, long where, long bytes) {
    switch (place) {
      case NONE -> line.append('-');
      case MEMORY ->
          line.append("0x")
              .append(Long.toHexString(where))
              .append("+0x")
              .append(Long.toHexString(bytes));
      case QUEUE -> line.append("queue-").append(where);
      case MESSAGE -> line.append("message-").append(where);
    }
  }

  private void appendAmount(BootEvent.Unit unit, long amount) {
    switch (unit) {
      case NONE -> line.append('-');
      case PAGES -> line.append(amount).append(" pages");
      case NANOSECONDS -> line.append(amount).append(" ns");
      case BREACHES -> line.append(amount).append(" breaches");
    }
  }

  /** At least two spaces end a column, so that a line can always be taken apart. */
  private void padTo(int column) {
    line.repeat(' ', Math.max(2, column - line.length()));
  }

  /**
   * Writes what is left to write.
   *
   * @throws IOException if it cannot be written: the message names file and reason
   */
  @Override
  public void close() throws IOException {
    try {
      out.close();
    } catch (IOException failure) {
      throw notWritten(path, failure);
    }
  }

  private static IOException notWritten(Path path, IOException failure) {
    return new IOException(
        "the trace '%s' cannot be written: %s; choose another file"
            .formatted(path, reason(path, failure)),
        failure);
  }

  private static String reason(Path path, IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ ->
          "there is no directory '%s'".formatted(path.toAbsolutePath().getParent());
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException refused when refused.getReason() != null -> refused.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }
}
