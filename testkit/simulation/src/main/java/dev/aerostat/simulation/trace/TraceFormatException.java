package dev.aerostat.simulation.trace;

import java.io.IOException;

/**
 * A trace does not read as one. The message is one line: file, line number, what was found there
 * and what was expected.
 */
public final class TraceFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The line number, from 1. */
  private final long line;

  TraceFormatException(String file, long line, String problem) {
    super("%s, line %d: %s".formatted(file, line, problem));
    this.line = line;
  }

  /**
   * Returns the line.
   *
   * @return its number, from 1
   */
  public long line() {
    return line;
  }
}
