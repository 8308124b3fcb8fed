package dev.aerostat.cli.text;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.simulation.BootWatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Optional;

/**
 * Where the command speaks to its user. Immutable.
 *
 * @param in what the user types while a command runs
 * @param out what was asked for, printed whole or not at all
 * @param err all else
 * @param terminal how it may write
 */
public record Console(InputStream in, PrintStream out, PrintStream err, Terminal terminal) {
  /** What a terminal that knows ASCII only shows instead. */
  private static final String BEYOND_ASCII = "█▒░×µ·";

  private static final String ASCII = "#+.xu-";

  /** To the start of the line, and what is there erased (ECMA-48: CR, EL). */
  private static final String CLEAR_LINE = "\r\u001b[K";

  private static final String COMPLAINT = "aerostat: ";

  /**
   * Something that takes long and reports its progress.
   *
   * @param <T> what comes of it
   */
  public interface Work<T> {
    /**
     * Does the work.
     *
     * @param watcher told of the progress
     * @return what came of it
     * @throws HostRefusedException if the host refused what the work needs
     * @throws IOException if a file cannot be read
     */
    T run(BootWatcher watcher) throws HostRefusedException, IOException;
  }

  /**
   * Returns the process's own streams.
   *
   * @return on the terminal that the start script and the environment tell of
   */
  public static Console ofProcess() {
    return new Console(System.in, StandardOutput.ofProcess(), System.err, Terminal.ofProcess());
  }

  /**
   * Returns whether somebody looks on: progress may be shown on standard error.
   *
   * @return as {@link Terminal#live}
   */
  public boolean live() {
    return terminal.live();
  }

  /**
   * Returns how wide tables and pictures may be.
   *
   * @return as {@link Terminal#columns}
   */
  public int columns() {
    return terminal.columns();
  }

  /**
   * Prints to standard output, all at once.
   *
   * @param text in ASCII where the output's encoding knows no more
   */
  public void print(String text) {
    out.print(out.charset().newEncoder().canEncode(BEYOND_ASCII) ? text : inAscii(text));
    out.flush();
  }

  /**
   * Prints a line about what has just happened, in place of a progress bar that may be there.
   *
   * @param line without a newline
   */
  public void event(String line) {
    clearLine();
    print(line + '\n');
  }

  /**
   * Prints a sentence on standard error about what is wrong: a line, but broken between words where
   * somebody looks on and it is wider than the terminal.
   *
   * @param sentence without a newline
   */
  public void complain(String sentence) {
    clearLine();
    String line = COMPLAINT + sentence;
    err.print(live() ? WrappedLine.of(line, COMPLAINT.length(), columns()) : line + '\n');
    err.flush();
  }

  private void clearLine() {
    if (live()) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }

  /**
   * Returns whether whoever read standard output has closed it: nobody wants more of it.
   *
   * @return true for a pipe whose other end is gone, once something was written to it
   */
  public boolean isClosedByItsReader() {
    return outFailure().filter(StandardOutput::isClosedByItsReader).isPresent();
  }

  /**
   * Makes sure that all of standard output is written, unless its reader wants no more of it.
   *
   * @throws CommandFailedException if something could not be written, as on a full disk
   */
  public void requireWritten() {
    Optional<String> failure = writeFailure();
    if (failure.isPresent()) {
      throw new CommandFailedException(failure.get());
    }
  }

  /**
   * Returns why standard output could not be written, unless its reader wants no more of it.
   *
   * @return a sentence; empty if all of it was written
   */
  public Optional<String> writeFailure() {
    return outFailure()
        .filter(failure -> !StandardOutput.isClosedByItsReader(failure))
        .map(failure -> "standard output cannot be written: " + failure.getMessage());
  }

  private Optional<IOException> outFailure() {
    return out instanceof StandardOutput output ? output.failure() : Optional.empty();
  }

  /**
   * Returns standard output for picocli.
   *
   * @return it flushes at the end of each line
   */
  public PrintWriter outWriter() {
    return new PrintWriter(out, true, out.charset());
  }

  /**
   * Returns standard error for picocli.
   *
   * @return it flushes at the end of each line
   */
  public PrintWriter errWriter() {
    return new PrintWriter(err, true, err.charset());
  }

  /**
   * Does work, under a progress bar if somebody looks on.
   *
   * @param <T> what comes of it
   * @param task what is shown in front of the bar
   * @param work called once
   * @return what came of it
   * @throws HostRefusedException as the work does
   * @throws IOException as the work does
   */
  public <T> T watching(String task, Work<T> work) throws HostRefusedException, IOException {
    if (!live()) {
      return work.run(BootWatcher.none());
    }
    try (var bar = BootProgressBar.inGibibytes(this, task)) {
      return work.run(bar);
    }
  }

  private static String inAscii(String text) {
    String folded = text;
    for (int i = 0; i < ASCII.length(); i++) {
      folded = folded.replace(BEYOND_ASCII.charAt(i), ASCII.charAt(i));
    }
    return folded;
  }
}
