package dev.aerostat.cli.boot;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.options.GuestSize;
import dev.aerostat.cli.options.JsonChoice;
import dev.aerostat.cli.text.BootProgressBar;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.JsonText;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.guest.sim.Flood;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.simulation.GuestBehaviour;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code aerostat explore}. */
@Command(
    name = "explore",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Boots guests drawn by lot, and looks for one that goes wrong.",
      "",
      "Each seed is a boot of its own: memory, guest, threads, faults of the host and all else"
          + " that you do not choose are drawn from it; all have a balloon. It runs twice. A seed fails if the observer"
          + " sees a rule broken, if the boot does not end as it must, or if the two runs differ in"
          + " any event. The first that fails is printed as the command that repeats it.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  aerostat explore --seeds 1000",
      "  aerostat explore --seeds 1000 --flood resets --fail map:rate=0.05"
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class ExploreCommand implements Callable<Integer> {
  @Option(
      names = "--seeds",
      paramLabel = "N",
      required = true,
      description = "How many seeds to run, 1 or more.")
  private long seeds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The first of them. Default: ${DEFAULT-VALUE}.")
  private long first;

  @Option(names = "--memory", paramLabel = "SIZE", description = "The RAM of all guests.")
  private Optional<GuestSize> memory = Optional.empty();

  @Option(
      names = "--guest",
      paramLabel = "KIND",
      description = "How all guests behave; 'aerostat boot --help' lists the kinds.")
  private Optional<GuestBehaviour> guest = Optional.empty();

  @Option(
      names = "--flood",
      paramLabel = "KIND",
      description = {
        "All guests flood their device: inflates, churn, resets, kicks or bus-mastering. Short"
            + " for --guest flood-KIND."
      })
  private Optional<Flood> flood = Optional.empty();

  @Option(
      names = "--fail",
      paramLabel = "ORDER",
      description = {
        "What the host refuses in all boots, as 'aerostat boot --mapper-option fail=ORDER' has it."
            + " A rate without a seed fails other calls with each seed."
      })
  private Optional<String> fault = Optional.empty();

  @Mixin private JsonChoice json;

  private final Simulator simulator;
  private final Console console;

  /**
   * Creates the command.
   *
   * @param simulator runs what is asked for
   * @param console where the user is
   */
  public ExploreCommand(Simulator simulator, Console console) {
    this.simulator = simulator;
    this.console = console;
  }

  @Override
  public Integer call() throws HostRefusedException, IOException {
    long end = end();
    var scenarios = new DrawnScenarios(memory.map(GuestSize::size), guest(), fault);
    checkFault();
    Optional<Exploration.FailedSeed> failed =
        console.live()
            ? watched(scenarios, end)
            : new Exploration(simulator, scenarios::of, () -> {}).run(first, end);
    console.print(json.isWanted() ? json(failed) : text(failed));
    if (failed.isPresent()) {
      throw new CommandFailedException(
          "seed %d: %s".formatted(failed.get().scenario().seed(), failed.get().reason()));
    }
    return 0;
  }

  private long end() {
    if (seeds < 1) {
      throw new IllegalArgumentException("--seeds %d: expected 1 or more".formatted(seeds));
    }
    if (first > Long.MAX_VALUE - seeds) {
      throw new IllegalArgumentException(
          "--seed %d with --seeds %d: expected a last seed below 2^63 - 1".formatted(first, seeds));
    }
    return first + seeds;
  }

  private Optional<GuestBehaviour> guest() {
    if (guest.isPresent() && flood.isPresent()) {
      throw new IllegalArgumentException(
          "--guest %s and --flood: expected one of them".formatted(guest.get()));
    }
    return guest.or(() -> flood.map(GuestBehaviour::flooding));
  }

  /** A wrong order is the user's fault, not a seed's: a boot of the smallest guest shows it. */
  private void checkFault() throws HostRefusedException, IOException {
    if (fault.isPresent()) {
      var smallest =
          new DrawnScenarios(
              Optional.of(GuestSize.parse("64M").size()), Optional.of(GuestBehaviour.NONE), fault);
      var _ = simulator.boot(smallest.of(first), BootWatcher.none());
    }
  }

  private Optional<Exploration.FailedSeed> watched(DrawnScenarios scenarios, long end) {
    try (ProgressBar bar =
        BootProgressBar.withEstimate(console, "explore").setInitialMax(seeds).build()) {
      return new Exploration(simulator, scenarios::of, bar::step).run(first, end);
    }
  }

  private String text(Optional<Exploration.FailedSeed> failed) {
    return failed
        .map(it -> BootCommandLine.of(it.scenario()) + "\n")
        .orElseGet(
            () ->
                "%s from %d on, each run twice: no rule broken, all ended as they must, all repeat\n"
                    .formatted(NumberFormats.count(seeds, "seed"), first));
  }

  private String json(Optional<Exploration.FailedSeed> failed) {
    return JsonText.of(
        out -> {
          out.writeStartObject();
          out.writeNumberProperty("firstSeed", first);
          out.writeNumberProperty("seeds", seeds);
          failed.ifPresentOrElse(it -> failed(out, it), () -> out.writeNullProperty("failed"));
          out.writeEndObject();
        });
  }

  private static void failed(JsonGenerator out, Exploration.FailedSeed failed) {
    BootScenario scenario = failed.scenario();
    out.writeObjectPropertyStart("failed");
    out.writeNumberProperty("seed", scenario.seed());
    out.writeStringProperty("reason", failed.reason());
    out.writeStringProperty("command", BootCommandLine.of(scenario));
    out.writeEndObject();
  }
}
