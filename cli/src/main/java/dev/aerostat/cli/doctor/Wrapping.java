package dev.aerostat.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Breaks what is long into lines, between words: one that is wider than a line stays whole. */
final class Wrapping {
  /** A space outside of quotes, where a shell lets a line end. */
  private static final Pattern BETWEEN_ARGUMENTS =
      Pattern.compile(" (?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)");

  private static final Pattern SPACE = Pattern.compile(" ");

  private Wrapping() {}

  /** Breaks a sentence; no text has no line. */
  static List<String> ofText(String text, int width) {
    return text.isEmpty() ? List.of() : lines(SPACE.split(text), width, "", "");
  }

  /** Breaks a command so that a shell still takes all of its lines for one. */
  static List<String> ofCommand(String command, int width) {
    return command.length() <= width
        ? List.of(command)
        : lines(BETWEEN_ARGUMENTS.split(command), width, " \\", "  ");
  }

  private static List<String> lines(String[] words, int width, String end, String indent) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (String word : words) {
      if (!line.isEmpty() && line.length() + 1 + word.length() + end.length() > width) {
        lines.add(line + end);
        line = new StringBuilder(indent);
        line.append(word);
      } else {
        line.append(line.isEmpty() ? "" : " ").append(word);
      }
    }
    lines.add(line.toString());
    return lines;
  }
}
