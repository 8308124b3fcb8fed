package dev.aerostat.cli.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Lines up columns of plain text: the first to the left, the others to the right. */
public final class TextTable {
  private static final String GAP = "   ";

  private final List<List<String>> rows;
  private final int[] widths;

  private TextTable(List<List<String>> rows) {
    this.rows = rows;
    this.widths =
        IntStream.range(0, rows.getFirst().size()).map(column -> width(rows, column)).toArray();
  }

  /**
   * Lines up rows. A table that is too wide becomes several, one beneath the other, each with the
   * first column and as many of the others as fit, one at least.
   *
   * @param rows the cells of each, as many in every row
   * @param width how wide lines may be
   * @return a line each, ended by a newline, without spaces at its end; an empty line between
   *     tables
   */
  public static String of(List<List<String>> rows, int width) {
    var table = new TextTable(rows);
    return table.parts(width).stream().map(table::lines).collect(Collectors.joining("\n"));
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  /** Returns the columns of each part, the first column apart. */
  private List<List<Integer>> parts(int width) {
    List<List<Integer>> parts = new ArrayList<>(List.of(new ArrayList<>()));
    int used = widths[0];
    for (int column = 1; column < widths.length; column++) {
      int wider = GAP.length() + widths[column];
      if (used + wider > width && !parts.getLast().isEmpty()) {
        parts.add(new ArrayList<>());
        used = widths[0];
      }
      parts.getLast().add(column);
      used += wider;
    }
    return parts;
  }

  private String lines(List<Integer> columns) {
    return rows.stream()
        .map(row -> line(row, columns).stripTrailing() + "\n")
        .collect(Collectors.joining());
  }

  private String line(List<String> row, List<Integer> columns) {
    String first = row.getFirst() + padding(row, 0);
    return Stream.concat(
            Stream.of(first),
            columns.stream().map(column -> padding(row, column) + row.get(column)))
        .collect(Collectors.joining(GAP));
  }

  private String padding(List<String> row, int column) {
    return " ".repeat(widths[column] - row.get(column).length());
  }
}
