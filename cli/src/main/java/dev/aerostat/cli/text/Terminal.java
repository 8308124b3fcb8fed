package dev.aerostat.cli.text;

import java.util.Map;

/**
 * How the command may write. Immutable.
 *
 * @param live whether somebody looks on: standard error is a terminal that can erase a line
 * @param columns how wide tables and pictures may be, at least {@value #NARROWEST}; {@link
 *     #UNLIMITED} where nothing limits how wide lines are, as in a file
 */
public record Terminal(boolean live, int columns) {
  /** No line is too long. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Output that nobody looks at while it is written, with lines of any length. */
  public static final Terminal NONE = new Terminal(false, UNLIMITED);

  private static final int NARROWEST = 20;

  /** A progress bar in less room would show nothing. */
  private static final int NARROWEST_BAR = 40;

  /** Set by the start script, since Java cannot ask whether standard error is a terminal. */
  private static final String PROPERTY = "aerostat.terminal";

  /**
   * Checks the width.
   *
   * @throws IllegalArgumentException if there are fewer than {@value #NARROWEST} columns
   */
  public Terminal {
    if (columns < NARROWEST) {
      throw new IllegalArgumentException(
          "%d columns: expected %d or more".formatted(columns, NARROWEST));
    }
  }

  /**
   * Returns this process's terminal.
   *
   * @return what the start script and the environment say of it
   */
  static Terminal ofProcess() {
    return of(Boolean.getBoolean(PROPERTY), System.getenv());
  }

  /**
   * Returns what the environment describes of a terminal: {@code TERM} whether it can erase a line,
   * {@code COLUMNS} how wide it is.
   *
   * @param errIsTerminal whether standard error is one
   * @param environment variables by their names
   * @return live only if it is a terminal, not a {@code dumb} one, and has {@value #NARROWEST_BAR}
   *     columns at least
   */
  static Terminal of(boolean errIsTerminal, Map<String, String> environment) {
    String kind = environment.getOrDefault("TERM", "dumb");
    boolean erases = !kind.isEmpty() && !kind.equals("dumb");
    int columns = columns(environment.getOrDefault("COLUMNS", ""));
    return new Terminal(errIsTerminal && erases && columns >= NARROWEST_BAR, columns);
  }

  private static int columns(String text) {
    try {
      int columns = Integer.parseInt(text.strip());
      return columns > 0 ? Math.max(NARROWEST, columns) : UNLIMITED;
    } catch (NumberFormatException unknown) {
      return UNLIMITED;
    }
  }
}
