package dev.aerostat.simulation.trace;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The lines of a file, gzipped or not, with their numbers. No line can fill the memory. */
final class TraceText implements AutoCloseable {
  private static final int LONGEST = 1 << 16;
  private static final int GZIP_MAGIC = 0x1f8b;

  private final String file;
  private final InputStream bytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long number;

  private TraceText(String file, InputStream bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  @SuppressWarnings("MustBeClosedChecker") // Closed with the text, or on the way out.
  static TraceText open(Path path) throws IOException {
    String file = path.toString();
    InputStream raw = new BufferedInputStream(Files.newInputStream(path));
    try {
      return new TraceText(file, gzipped(raw) ? unzip(file, raw) : raw);
    } catch (IOException failure) {
      raw.close();
      throw failure;
    }
  }

  private static boolean gzipped(InputStream bytes) throws IOException {
    bytes.mark(2);
    int magic = bytes.read() << 8 | bytes.read();
    bytes.reset();
    return magic == GZIP_MAGIC;
  }

  private static InputStream unzip(String file, InputStream raw) throws IOException {
    try {
      return new BufferedInputStream(new GZIPInputStream(raw, 1 << 13));
    } catch (EOFException | ZipException damage) {
      throw new TraceFormatException(file, 1, damaged(damage));
    }
  }

  /** Returns the next line without its end, or empty at the end of the file. */
  Optional<String> next() throws IOException {
    number++;
    line.reset();
    try {
      return readLine() ? Optional.of(line.toString(StandardCharsets.UTF_8)) : Optional.empty();
    } catch (EOFException | ZipException damage) {
      throw error(damaged(damage));
    }
  }

  private boolean readLine() throws IOException {
    for (int octet = bytes.read(); octet != '\n'; octet = bytes.read()) {
      if (octet < 0) {
        return line.size() > 0;
      }
      if (line.size() == LONGEST) {
        throw error("the line is longer than %d bytes; this is no trace".formatted(LONGEST));
      }
      line.write(octet);
    }
    return true;
  }

  private static String damaged(IOException damage) {
    return "the gzip data is damaged or ends too early (%s); fetch the file again"
        .formatted(damage.getMessage());
  }

  /** Returns the number of the line read last, from 1; at the end of the file the one after it. */
  long number() {
    return number;
  }

  TraceFormatException error(String problem) {
    return error(number, problem);
  }

  TraceFormatException error(long line, String problem) {
    return new TraceFormatException(file, line, problem);
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
