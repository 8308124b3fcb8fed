package dev.aerostat.cli.doctor;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.mapper.spi.HostFinding;
import java.util.List;
import java.util.Locale;

/** The text of a diagnosis. No line is wider than 60 columns, unless it is a single word. */
final class DiagnosisText {
  private static final int LABEL = 7;
  private static final int WIDTH = 60 - LABEL - 2;

  private final StringBuilder lines = new StringBuilder();

  private DiagnosisText() {}

  /** Returns the text, in lines each ended by a newline. */
  static String of(Diagnosis diagnosis) {
    boolean severalMappers =
        diagnosis.entries().stream()
                .map(Diagnosis.Entry::mapper)
                .filter(mapper -> !mapper.isEmpty())
                .distinct()
                .count()
            > 1;
    var text = new DiagnosisText();
    diagnosis.entries().forEach(entry -> text.entry(entry, severalMappers));
    text.verdict(diagnosis);
    return text.lines.toString();
  }

  private void entry(Diagnosis.Entry entry, boolean severalMappers) {
    HostFinding finding = entry.finding();
    boolean advised = !finding.cost().isEmpty() || !finding.commands().isEmpty();
    if (advised) {
      paragraph();
    }
    String whose =
        severalMappers && !entry.mapper().isEmpty() ? " (mapper %s)".formatted(entry.mapper()) : "";
    labelled(
        finding.verdict().name().toLowerCase(Locale.ROOT),
        Wrapping.ofText("%s%s: %s".formatted(finding.subject(), whose, finding.fact()), WIDTH));
    labelled("costs", Wrapping.ofText(finding.cost(), WIDTH));
    labelled(
        "try",
        finding.commands().stream()
            .flatMap(command -> Wrapping.ofCommand(command, WIDTH).stream())
            .toList());
    if (advised) {
      paragraph();
    }
  }

  private void verdict(Diagnosis diagnosis) {
    paragraph();
    labelled(
        "verdict",
        Wrapping.ofText(
            diagnosis
                .failure()
                .orElseGet(
                    () ->
                        "async DMA map can work here for a guest of %s"
                            .formatted(new ByteSize(diagnosis.examined().ramBytes()))),
            WIDTH));
  }

  private void labelled(String label, List<String> text) {
    String name = label;
    for (String line : text) {
      lines.append("%7s  %s\n".formatted(name, line));
      name = "";
    }
  }

  /** Begins a paragraph, with an empty line before it. */
  private void paragraph() {
    if (!lines.isEmpty() && !lines.toString().endsWith("\n\n")) {
      lines.append('\n');
    }
  }
}
