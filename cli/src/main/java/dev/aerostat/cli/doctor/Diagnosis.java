package dev.aerostat.cli.doctor;

import static java.util.stream.Collectors.joining;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.HostFinding.Verdict;
import dev.aerostat.mapper.spi.InstalledMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What was found on a host.
 *
 * @param examined what for
 * @param entries what blocks first, then in the order of mending
 */
record Diagnosis(HostExamination examined, List<Entry> entries) {
  /** A plugin may find as much as it likes; so much of it is told. */
  private static final int MOST_FINDINGS = 64;

  private static final int MOST_CHARACTERS = 1_000;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  /**
   * A finding and who made it.
   *
   * @param mapper whose needs it is about; empty text for everybody's
   */
  record Entry(String mapper, HostFinding finding) {
    Entry withoutSudo() {
      List<String> commands =
          finding.commands().stream().map(command -> command.replace("sudo ", "")).toList();
      return new Entry(
          mapper,
          new HostFinding(
              finding.verdict(), finding.subject(), finding.fact(), finding.cost(), commands));
    }

    boolean isMissing() {
      return finding.verdict() == Verdict.MISSING;
    }
  }

  Diagnosis {
    entries =
        entries.stream().sorted(Comparator.comparing(entry -> entry.finding().verdict())).toList();
  }

  /**
   * Examines a host.
   *
   * @param mappers those that map for real
   * @throws IllegalArgumentException if a mapper refuses a device's name
   */
  static Diagnosis of(HostExamination examination, List<InstalledMapper> mappers) {
    var entries = new ArrayList<Entry>();
    add(entries, "", ProgramFindings.of(examination.host()));
    if (mappers.isEmpty()) {
      add(entries, "", Stream.of(noMapper()));
    }
    for (InstalledMapper mapper : mappers) {
      add(entries, mapper.name(), mapper.examine(examination).stream());
    }
    add(entries, "", MemoryFindings.of(examination));
    add(entries, "", PageFindings.of(examination));
    add(entries, "", GuestAdvice.findings());
    return new Diagnosis(examination, entries);
  }

  /** Returns the same for root, who needs no sudo: a small system has none. */
  Diagnosis withoutSudo() {
    return new Diagnosis(examined, entries.stream().map(Entry::withoutSudo).toList());
  }

  private static void add(List<Entry> entries, String mapper, Stream<HostFinding> findings) {
    findings
        .limit(MOST_FINDINGS)
        .map(finding -> new Entry(mapper, printable(finding)))
        .forEach(entries::add);
  }

  /** Files of a host may hold anything, and so may what a plugin finds. */
  private static HostFinding printable(HostFinding finding) {
    return new HostFinding(
        finding.verdict(),
        printable(finding.subject()),
        printable(finding.fact()),
        printable(finding.cost()),
        finding.commands().stream().limit(MOST_FINDINGS).map(Diagnosis::printable).toList());
  }

  private static String printable(String text) {
    String shortened =
        text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + "..." : text;
    return CONTROL.matcher(shortened).replaceAll("?");
  }

  private static HostFinding noMapper() {
    return HostFinding.missing(
        "mapper",
        "no plugin is installed that maps for real devices",
        "only simulations work",
        List.of("aerostat mappers"));
  }

  /** Returns why async DMA map cannot work here: everybody, or every mapper, lacks something. */
  Optional<String> failure() {
    List<String> ready = mappersThat(false);
    boolean works = missing("") == 0 && (!ready.isEmpty() || mappersThat(true).isEmpty());
    return works
        ? Optional.empty()
        : Optional.of(
            "async DMA map cannot work here for a guest of %s: missing: %s"
                .formatted(new ByteSize(examined.ramBytes()), missingSubjects()));
  }

  private List<String> mappersThat(boolean lackSomething) {
    return entries.stream()
        .map(Entry::mapper)
        .filter(mapper -> !mapper.isEmpty() && missing(mapper) > 0 == lackSomething)
        .distinct()
        .toList();
  }

  private long missing(String mapper) {
    return entries.stream().filter(Entry::isMissing).filter(e -> e.mapper().equals(mapper)).count();
  }

  private String missingSubjects() {
    List<String> subjects =
        entries.stream().filter(Entry::isMissing).map(entry -> entry.finding().subject()).toList();
    int most = 4;
    return subjects.stream().limit(most).collect(joining(", "))
        + (subjects.size() > most
            ? " and %s more".formatted(NumberFormats.count(subjects.size() - most))
            : "");
  }
}
