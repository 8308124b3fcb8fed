package dev.aerostat.cli.text;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines up columns of plain text: the first to the left, the others to the right. */
public final class TextTable {
  private static final String GAP = "   ";

  private TextTable() {}

  /**
   * Lines up rows.
   *
   * @param rows the cells of each, as many in every row
   * @return a line each, ended by a newline, without spaces at its end
   */
  public static String of(List<List<String>> rows) {
    int[] widths =
        IntStream.range(0, rows.getFirst().size()).map(column -> width(rows, column)).toArray();
    return rows.stream()
        .map(row -> line(row, widths).stripTrailing() + "\n")
        .collect(Collectors.joining());
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String line(List<String> row, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(
            column -> {
              String padding = " ".repeat(widths[column] - row.get(column).length());
              return column == 0 ? row.get(column) + padding : padding + row.get(column);
            })
        .collect(Collectors.joining(GAP));
  }
}
