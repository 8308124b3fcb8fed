package dev.aerostat.cli.text;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Optional;

/** A print stream that remembers why it could not write. Safe for use by any thread. */
public final class StandardOutput extends PrintStream {
  private final Remembering target;

  /**
   * Creates one.
   *
   * @param target where it writes
   * @param charset how it encodes
   */
  public StandardOutput(OutputStream target, Charset charset) {
    this(new Remembering(target), charset);
  }

  private StandardOutput(Remembering target, Charset charset) {
    super(new BufferedOutputStream(target), false, charset);
    this.target = target;
  }

  /**
   * Returns this process's standard output.
   *
   * @return in the encoding that Java found for it
   */
  static StandardOutput ofProcess() {
    return new StandardOutput(new FileOutputStream(FileDescriptor.out), System.out.charset());
  }

  /**
   * Writes what has not been written yet.
   *
   * @return why something could not be written, the first time that it could not
   */
  Optional<IOException> failure() {
    flush();
    return target.failure;
  }

  /** Whoever read it has closed it: that is no failure of ours. */
  static boolean isClosedByItsReader(IOException failure) {
    return String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  /** Notes the first failure to write. */
  private static final class Remembering extends FilterOutputStream {
    private volatile Optional<IOException> failure = Optional.empty();

    Remembering(OutputStream target) {
      super(target);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException thrown) {
        failure = failure.or(() -> Optional.of(thrown));
        throw thrown;
      }
    }
  }
}
