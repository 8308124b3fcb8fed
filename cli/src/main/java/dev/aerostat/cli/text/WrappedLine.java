package dev.aerostat.cli.text;

/** Breaks lines between words, so that no terminal has to break them within one. */
public final class WrappedLine {
  private static final int LABEL_WIDTH = 10;
  private static final int GAP = 2;

  /** A line goes on at most so far to the right, as a share of its width. */
  private static final int INDENT_SHARE = 2;

  private WrappedLine() {}

  /**
   * Returns a line with a label in front, which ends at the tenth column.
   *
   * @param label may be empty
   * @param text what goes on beneath its own beginning if it is too long
   * @param columns how wide lines may be
   * @return one or more lines, each ended by a newline
   */
  public static String labelled(String label, String text, int columns) {
    return of(
        ("%" + LABEL_WIDTH + "s" + " ".repeat(GAP) + "%s").formatted(label, text),
        LABEL_WIDTH + GAP,
        columns);
  }

  /**
   * Breaks a line. A word that is longer than a line stays whole.
   *
   * @param line without a newline
   * @param indent where its text begins, and where it goes on: the part before is not broken
   * @param columns how wide lines may be
   * @return one or more lines, each ended by a newline, none with spaces at its end
   */
  public static String of(String line, int indent, int columns) {
    var lines = new StringBuilder();
    String margin = " ".repeat(Math.min(indent, columns / INDENT_SHARE));
    int start = indent;
    String rest = line;
    while (rest.length() > columns) {
      int space = breakAt(rest, start, columns);
      if (space < 0) {
        break;
      }
      lines.append(rest.substring(0, space).stripTrailing()).append('\n');
      rest = margin + rest.substring(space).stripLeading();
      start = margin.length();
    }
    return lines.append(rest.stripTrailing()).append('\n').toString();
  }

  /** The last space that fits behind a word, else the first that does not; -1 if there is none. */
  private static int breakAt(String line, int start, int columns) {
    int last = line.lastIndexOf(' ', columns);
    if (last > start && !line.substring(start, last).isBlank()) {
      return last;
    }
    int next = line.indexOf(' ', Math.max(start, columns));
    return next < 0 || line.substring(next).isBlank() ? -1 : next;
  }
}
