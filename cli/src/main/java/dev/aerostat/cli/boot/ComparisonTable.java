package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.cli.text.TextTable;
import dev.aerostat.cli.text.TimeSpan;
import dev.aerostat.cli.text.WrappedLine;
import dev.aerostat.simulation.BootReport;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Shows a comparison: a row for each size of memory, a column for each variant. */
final class ComparisonTable {
  private static final String TITLE =
      "Time until the guest may do DMA, and how many times sooner than sync";
  private static final int FACTOR_WIDTH = 6;
  private static final int NAME_WIDTH = 21;
  private static final int FOOTNOTE_INDENT = 4;

  private final List<ComparedBoot> trials;

  /** The first trial of each variant that cannot be; a footnote explains why. */
  private final List<ComparedBoot> footnotes;

  private ComparisonTable(List<ComparedBoot> trials) {
    this.trials = trials;
    this.footnotes =
        Stream.of(ComparedVariant.values())
            .flatMap(variant -> firstInfeasible(trials, variant))
            .toList();
  }

  /**
   * Shows it.
   *
   * @param trials by size, then by variant: all of them for each size
   * @param width how wide lines may be
   * @return the table, what its columns mean, and why cells are empty
   */
  static String of(List<ComparedBoot> trials, int width) {
    var table = new ComparisonTable(trials);
    return WrappedLine.of(TITLE, 0, width)
        + "\n"
        + TextTable.of(table.rows(), width)
        + "\n"
        + meanings(width)
        + table.footnotes(width);
  }

  private static Stream<ComparedBoot> firstInfeasible(
      List<ComparedBoot> trials, ComparedVariant variant) {
    return trials.stream()
        .filter(trial -> trial.variant() == variant && trial.infeasibility().isPresent())
        .limit(1);
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        Stream.concat(
                Stream.of("memory"),
                Stream.of(ComparedVariant.values()).map(ComparedVariant::toString))
            .toList());
    int columns = ComparedVariant.values().length;
    for (int first = 0; first < trials.size(); first += columns) {
      rows.add(row(trials.subList(first, first + columns)));
    }
    return rows;
  }

  private List<String> row(List<ComparedBoot> sameMemory) {
    OptionalLong sync = dmaReady(sameMemory.getFirst());
    return Stream.concat(
            Stream.of(sameMemory.getFirst().memory().toString()),
            sameMemory.stream().map(trial -> cell(trial, sync)))
        .toList();
  }

  private String cell(ComparedBoot trial, OptionalLong sync) {
    if (trial.infeasibility().isPresent()) {
      return "infeasible [%d]".formatted(footnote(trial.variant()));
    }
    OptionalLong ready = dmaReady(trial);
    if (ready.isEmpty()) {
      return "never";
    }
    String time = new TimeSpan(ready.getAsLong()).toString();
    return trial.variant() == ComparedVariant.SYNC ? time : time + factor(sync, ready.getAsLong());
  }

  private static OptionalLong dmaReady(ComparedBoot trial) {
    return trial
        .report()
        .map(BootReport::timeline)
        .map(BootReport.Timeline::dmaReadyNanos)
        .orElse(OptionalLong.empty());
  }

  private static String factor(OptionalLong sync, long ready) {
    if (sync.isEmpty() || ready == 0) {
      return "";
    }
    BigDecimal times =
        BigDecimal.valueOf(sync.getAsLong())
            .divide(BigDecimal.valueOf(ready), MathContext.DECIMAL64);
    return ("%" + FACTOR_WIDTH + "s×").formatted(NumberFormats.threeDigits(times));
  }

  private int footnote(ComparedVariant variant) {
    return footnotes.stream().map(ComparedBoot::variant).toList().indexOf(variant) + 1;
  }

  private static String meanings(int width) {
    String form = "%-" + NAME_WIDTH + "s%s";
    return Stream.of(ComparedVariant.values())
        .map(
            variant ->
                WrappedLine.of(form.formatted(variant, variant.meaning()), NAME_WIDTH, width))
        .collect(Collectors.joining());
  }

  private String footnotes(int width) {
    return footnotes.stream()
        .map(
            trial ->
                "\n"
                    + WrappedLine.of(
                        "[%d] %s: %s"
                            .formatted(
                                footnote(trial.variant()),
                                trial,
                                trial.infeasibility().orElseThrow()),
                        FOOTNOTE_INDENT,
                        width))
        .collect(Collectors.joining());
  }
}
