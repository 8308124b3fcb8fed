package dev.aerostat.cli.boot;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Pages;
import dev.aerostat.cli.options.BalloonPageOption;
import dev.aerostat.cli.options.GuestSize;
import dev.aerostat.cli.options.JsonChoice;
import dev.aerostat.cli.options.MapperChoice;
import dev.aerostat.cli.options.StrategyChoice;
import dev.aerostat.cli.options.WithholdChoice;
import dev.aerostat.cli.report.ReportChoice;
import dev.aerostat.cli.report.ReportContent;
import dev.aerostat.cli.report.ReportKind;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.TimeSpan;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.simulation.GuestBehaviour;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code aerostat boot}. */
@Command(
    name = "boot",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Boots one guest on a virtual clock and prints how it went.",
      "",
      "Time 0 is the start of the VMM, when mapping begins. The same options and seed give the"
          + " same boot, to the nanosecond.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  aerostat boot --memory 384G                       a stock Linux driver",
      "  aerostat boot --memory 384G --balloon-page 2M     one patched for 2 MiB pages",
      "  aerostat boot --memory 384G --withhold virtio-mem a stock driver that plugs memory",
      "  aerostat boot --memory 384G --strategy sync       how it is done today",
      "  aerostat boot --memory 64G --guest stalls         a driver that stops half-way",
      "  aerostat boot --memory 64G --mapper-option fail=map:rate=0.01",
      "  aerostat boot --memory 64M --trace boot.txt       each event, as a line of a file",
      "  aerostat boot --memory 384G --report boot.html    a page with charts, for a browser"
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class BootCommand implements Callable<Integer> {
  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      required = true,
      description = "The guest's RAM, such as 384G: a multiple of 2M from 64M to 16T less 2G.")
  private GuestSize memory;

  @Option(
      names = "--resident",
      paramLabel = "SIZE",
      description = {
        "What the balloon is never asked for, or what the guest boots with. Default: a 64th of"
            + " memory and 1G, at most half."
      })
  private Optional<ByteSize> resident = Optional.empty();

  @Mixin private WithholdChoice withhold;

  @Option(
      names = "--balloon-page",
      paramLabel = "4K|2M",
      defaultValue = "4K",
      description = {
        "What the guest balloons at a time: 4K as stock drivers do, or 2M with a patched one."
            + " Default: ${DEFAULT-VALUE}."
      })
  private BalloonPageOption balloonPage;

  @Mixin private StrategyChoice strategy;

  @Mixin private MapperChoice mapper;

  @Mixin private TrackerChoice tracker;

  @Option(
      names = "--prefault-threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Host threads that populate memory, 1 or more. Default: ${DEFAULT-VALUE}.")
  private int prefaultThreads;

  @Option(
      names = "--driver-after",
      paramLabel = "DURATION",
      defaultValue = "1s",
      description = {
        "When the guest's balloon or virtio-mem driver loads, such as 500ms or 1.5s."
            + " Default: ${DEFAULT-VALUE}."
      })
  private TimeSpan driverAfter;

  @Option(
      names = "--guest",
      paramLabel = "KIND",
      defaultValue = "linux",
      description = {
        "linux; none: without such a driver; stalls: stops after half of its pages;"
            + " pressured: compacts and runs out of memory meanwhile; hostile ones, which never"
            + " end: flood-inflates, flood-churn, flood-resets, flood-kicks, flood-bus-mastering."
            + " Default: ${DEFAULT-VALUE}."
      })
  private GuestBehaviour guest;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Decides all that is random. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private TraceChoice trace;

  @Mixin private ReportChoice page;

  @Mixin private JsonChoice json;

  private final Simulator simulator;
  private final Console console;

  /**
   * Creates the command.
   *
   * @param simulator runs what is asked for
   * @param console where the user is
   */
  public BootCommand(Simulator simulator, Console console) {
    this.simulator = simulator;
    this.console = console;
  }

  @Override
  public Integer call() throws HostRefusedException, IOException {
    BootScenario scenario = scenario();
    page.checkBeside(trace.file(), "the trace");
    ReportChoice.Recorded<BootReport> run =
        console.watching(memory.size().toString(), watcher -> boot(scenario, watcher));
    BootReport report = run.result();
    console.print(
        json.isWanted()
            ? ReportJson.object(report)
            : BootReportText.of(report, driverNanos(), console.columns()));
    page.write(
        () ->
            ReportContent.ofRuns(
                ReportKind.BOOT,
                ReportJson.object(report),
                run.records(),
                Verdict.failure(report).stream().toList()));
    Optional<String> failure = Verdict.failure(report);
    if (failure.isPresent()) {
      throw new CommandFailedException(failure.get());
    }
    return 0;
  }

  private ReportChoice.Recorded<BootReport> boot(BootScenario scenario, BootWatcher watcher)
      throws HostRefusedException, IOException {
    return page.recorded(
        watcher, recorder -> trace.traced(recorder, traced -> simulator.boot(scenario, traced)));
  }

  private BootScenario scenario() {
    if (prefaultThreads < 1) {
      throw new IllegalArgumentException(
          "--prefault-threads %d: expected 1 or more".formatted(prefaultThreads));
    }
    withhold.check(balloonPage, strategy.variant(), guest);
    return new BootScenario(
            memory.size().bytes(),
            guestMinimumBytes(),
            balloonPage.size().bytes(),
            strategy.variant(),
            guest,
            mapper.name(),
            mapper.options(),
            prefaultThreads,
            driverAfter.nanos(),
            seed)
        .withTracker(tracker.kind())
        .withWithholding(withhold.way());
  }

  private long guestMinimumBytes() {
    ByteSize size = resident.orElseGet(() -> Defaults.resident(memory.size()));
    if (size.bytes() > memory.size().bytes()) {
      throw new IllegalArgumentException(
          "--resident %s is larger than --memory %s: expected at most all of it"
              .formatted(size.exactly(), memory.size().exactly()));
    }
    if (size.bytes() % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "--resident %s: expected a multiple of 4K".formatted(size.exactly()));
    }
    return size.bytes();
  }

  private OptionalLong driverNanos() {
    return guest == GuestBehaviour.NONE
        ? OptionalLong.empty()
        : OptionalLong.of(driverAfter.nanos());
  }
}
