package dev.aerostat.cli.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands on a page. Immutable.
 *
 * @param kind what the page is about
 * @param figures exactly what the command prints with {@code --json}
 * @param records what was seen of each run, in the order of the figures; none for a comparison
 * @param variants what the ways of a comparison are called, and what they are
 * @param problems why runs failed, if some did: a sentence for each
 */
public record ReportContent(
    ReportKind kind,
    String figures,
    List<BootRecord> records,
    Map<String, String> variants,
    List<String> problems) {
  /** Copies what it is given. */
  public ReportContent {
    records = List.copyOf(records);
    variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
    problems = List.copyOf(problems);
  }

  /**
   * Returns the content of a page about one run or several.
   *
   * @param kind what the page is about
   * @param figures exactly what the command prints with {@code --json}
   * @param records what was seen of each run, in the order of the figures
   * @param problems why runs failed, if some did: a sentence for each
   * @return without variants
   */
  public static ReportContent ofRuns(
      ReportKind kind, String figures, List<BootRecord> records, List<String> problems) {
    return new ReportContent(kind, figures, records, Map.of(), problems);
  }
}
