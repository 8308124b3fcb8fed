package dev.aerostat.cli.boot;

import dev.aerostat.cli.options.GuestSize;
import dev.aerostat.cli.report.ReportChoice;
import dev.aerostat.cli.report.ReportContent;
import dev.aerostat.cli.report.ReportKind;
import dev.aerostat.cli.text.BootProgressBar;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code aerostat compare}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Boots guests of several sizes in several ways, and shows when each may do DMA.",
      "",
      "Seven ways: sync, as it is done today; sync-prefault with 8 threads; async with a stock"
          + " driver's 4 KiB pages, unmerged and merged; async with a stock driver of virtio-mem;"
          + " async with 2 MiB pages, with and without mapping in advance. All others have one"
          + " thread, all the mapper sim.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  aerostat compare --memory 8G,64G,1T",
      "  aerostat compare --report compare.html"
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class CompareCommand implements Callable<Integer> {
  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      split = ",",
      defaultValue = "8G,16G,32G,64G,128G,256G,384G",
      description = "The guests' RAM, with commas. Default: ${DEFAULT-VALUE}.")
  private List<GuestSize> memories;

  @Mixin private ReportChoice page;

  @Option(names = "--json", description = "Print a JSON array instead, an object for each run.")
  private boolean json;

  private final Simulator simulator;
  private final Console console;

  /**
   * Creates the command.
   *
   * @param simulator runs what is asked for
   * @param console where the user is
   */
  public CompareCommand(Simulator simulator, Console console) {
    this.simulator = simulator;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    page.checkBeside(Optional.empty(), "");
    List<ByteSize> sizes = memories.stream().map(GuestSize::size).distinct().toList();
    List<ComparedBoot> trials = console.live() ? watched(sizes) : run(sizes, () -> {});
    console.print(
        json ? ReportJson.comparison(trials) : ComparisonTable.of(trials, console.columns()));
    page.write(() -> content(trials));
    failOnFirstFailure(trials);
    return 0;
  }

  private static ReportContent content(List<ComparedBoot> trials) {
    Map<String, String> variants = new LinkedHashMap<>();
    for (ComparedVariant variant : ComparedVariant.values()) {
      variants.put(variant.toString(), variant.meaning());
    }
    return new ReportContent(
        ReportKind.COMPARE, ReportJson.comparison(trials), List.of(), variants, failures(trials));
  }

  private List<ComparedBoot> watched(List<ByteSize> sizes) {
    int runs = sizes.size() * ComparedVariant.values().length;
    try (ProgressBar bar =
        BootProgressBar.withEstimate(console, "compare").setInitialMax(runs).build()) {
      return run(sizes, bar::step);
    }
  }

  private List<ComparedBoot> run(List<ByteSize> sizes, Runnable trialDone) {
    return new Comparison(simulator, trialDone).run(sizes);
  }

  private static List<String> failures(List<ComparedBoot> trials) {
    return trials.stream()
        .flatMap(
            trial ->
                trial
                    .report()
                    .flatMap(Verdict::failure)
                    .map(why -> "%s: %s".formatted(trial, why))
                    .stream())
        .toList();
  }

  private static void failOnFirstFailure(List<ComparedBoot> trials) {
    List<String> failures = failures(trials);
    if (!failures.isEmpty()) {
      throw new CommandFailedException(failures.getFirst());
    }
  }
}
