package dev.aerostat.cli.boot;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.options.HostMapperChoice;
import dev.aerostat.cli.options.WithholdChoice;
import dev.aerostat.cli.report.BootRecord;
import dev.aerostat.cli.report.ReportChoice;
import dev.aerostat.cli.report.ReportContent;
import dev.aerostat.cli.report.ReportKind;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.simulation.BootReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aerostat replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Replays what recorded balloon drivers sent, and prints how it went.",
      "",
      "A line of a recording happens at its time, or when the line before it is answered, if"
          + " that is later. A recorded guest does not hear what is asked of it: where it takes"
          + " back memory that is not mapped yet, that is mapped on demand.",
      "",
      "With a mapper of this host, such as vfio, as much memory as the recorded guest had is"
          + " allocated, populated and mapped for the devices, and all of it takes the time that it"
          + " takes.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  aerostat replay testkit/simulation/src/test/resources/traces/m4-k612-boot.trace.gz",
      "  aerostat replay m1-k61-boot.trace.gz --mapper vfio --device 0000:00:05.0",
      "  aerostat replay m1-k61-boot.trace.gz --report replay.html",
      "",
      "Aerostat's sources have recordings, in " + ReplayCommand.RECORDINGS + "."
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class ReplayCommand implements Callable<Integer> {
  static final String RECORDINGS = "testkit/simulation/src/test/resources/traces";

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Recordings, plain or compressed with gzip.")
  private List<Path> files;

  @Mixin private HostMapperChoice mapper;

  @Mixin private WithholdChoice withhold;

  @Mixin private TrackerChoice tracker;

  @Mixin private TraceChoice trace;

  @Mixin private ReportChoice page;

  @Option(
      names = "--json",
      description = "Print a JSON object instead, an array of them for several files.")
  private boolean json;

  private final Simulator simulator;
  private final Console console;

  /**
   * Creates the command.
   *
   * @param simulator runs what is asked for
   * @param console where the user is
   */
  public ReplayCommand(Simulator simulator, Console console) {
    this.simulator = simulator;
    this.console = console;
  }

  @Override
  public Integer call() throws HostRefusedException, IOException {
    String mapperName = mapper.name();
    withhold.checkRecorded();
    checkTrace();
    checkPage();
    List<BootReport> reports = new ArrayList<>();
    List<BootRecord> records = new ArrayList<>();
    for (Path file : files) {
      try {
        ReportChoice.Recorded<BootReport> run = replay(file, mapperName);
        reports.add(run.result());
        records.addAll(run.records());
      } catch (NoSuchFileException missing) {
        throw new CommandFailedException(
            "there is no file '%s': expected a recording, such as those in %s of Aerostat's sources"
                .formatted(missing.getFile(), RECORDINGS),
            missing);
      }
    }
    console.print(json ? asJson(reports) : asStories(reports));
    page.write(() -> ReportContent.ofRuns(kind(), asJson(reports), records, failures(reports)));
    failOnFirstFailure(reports);
    return 0;
  }

  private ReportKind kind() {
    return mapper.plugin().simulated() ? ReportKind.REPLAY : ReportKind.REAL_REPLAY;
  }

  private ReportChoice.Recorded<BootReport> replay(Path file, String mapperName)
      throws HostRefusedException, IOException {
    return console.watching(
        "replay " + file.getFileName(),
        watcher ->
            page.recorded(
                watcher,
                recorder ->
                    trace.traced(
                        recorder,
                        traced ->
                            simulator.replay(
                                file, mapperName, mapper.options(), tracker.kind(), traced))));
  }

  private void checkPage() throws IOException {
    page.checkBeside(trace.file(), "the trace");
    for (Path file : files) {
      page.checkBeside(Optional.of(file), "the recording itself");
    }
  }

  private void checkTrace() throws IOException {
    if (trace.file().isEmpty()) {
      return;
    }
    Path written = trace.file().get();
    if (!mapper.plugin().simulated()) {
      throw new IllegalArgumentException(
          "--trace %s: mapper '%s' works in real time, and a trace is of virtual time; use the mapper sim"
              .formatted(written, mapper.name()));
    }
    if (files.size() > 1) {
      throw new IllegalArgumentException(
          "--trace %s: expected one recording, not %d".formatted(written, files.size()));
    }
    Path recording = files.getFirst();
    if (Files.exists(written) && Files.exists(recording) && Files.isSameFile(written, recording)) {
      throw new IllegalArgumentException(
          "--trace %s is the recording itself: choose another file".formatted(written));
    }
  }

  private static String asJson(List<BootReport> reports) {
    return reports.size() == 1 ? ReportJson.object(reports.getFirst()) : ReportJson.array(reports);
  }

  /** When a recorded driver loaded is not in its recording. */
  private String asStories(List<BootReport> reports) {
    return reports.stream()
        .map(report -> BootReportText.of(report, OptionalLong.empty(), console.columns()))
        .collect(Collectors.joining("\n\n"));
  }

  private static List<String> failures(List<BootReport> reports) {
    return reports.stream()
        .flatMap(
            report ->
                Verdict.failure(report)
                    .map(why -> "%s: %s".formatted(report.guest(), why))
                    .stream())
        .toList();
  }

  private static void failOnFirstFailure(List<BootReport> reports) {
    List<String> failures = failures(reports);
    if (!failures.isEmpty()) {
      throw new CommandFailedException(failures.getFirst());
    }
  }
}
