package dev.aerostat.cli.selftest;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.options.HostMapperChoice;
import dev.aerostat.cli.options.JsonChoice;
import dev.aerostat.cli.text.BootProgressBar;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.mapper.contract.MapperClause;
import dev.aerostat.mapper.contract.MapperSource;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code aerostat selftest}. */
@Command(
    name = "selftest",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Tries the contract of a mapper, clause by clause, on this host.",
      "",
      "It prints what the host is, which clauses hold, and of those that do not what was expected"
          + " and what was seen: send it with a bug report. It maps memory of its own, 2 MiB"
          + " and up to a thousand times the same, and lets no device do DMA.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  aerostat selftest --mapper vfio --device 0000:00:05.0",
      "  aerostat selftest --mapper sim --mapper-option rules=iommufd"
    })
@SuppressWarnings("NullAway.Init") // picocli sets what has no initial value before call() runs
public final class SelftestCommand implements Callable<Integer> {
  @Mixin private HostMapperChoice mapper;

  @Mixin private JsonChoice json;

  private final Console console;

  /**
   * Creates the command.
   *
   * @param console where the user is
   */
  public SelftestCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws HostRefusedException {
    InstalledMapper plugin = mapper.plugin();
    Map<String, String> options = mapper.options();
    TestedHost host = TestedHost.of(plugin, options);
    MapperSource source = memory -> plugin.open(new MapperRequest(memory, options, 1, nanos -> {}));
    Selftest selftest =
        console.live() ? watched(host, source) : Selftest.of(host, source, () -> {});
    console.print(
        json.isWanted() ? SelftestJson.of(selftest) : SelftestText.of(selftest, console.columns()));
    Optional<String> failure = selftest.failure();
    if (failure.isPresent()) {
      throw failed(failure.get(), selftest, plugin);
    }
    return 0;
  }

  private Selftest watched(TestedHost host, MapperSource source) {
    try (ProgressBar bar =
        BootProgressBar.withEstimate(console, "selftest")
            .setInitialMax(MapperClause.values().length)
            .build()) {
      return Selftest.of(host, source, bar::step);
    }
  }

  /** With what was thrown: {@code --stacktrace} shows where. */
  private static CommandFailedException failed(
      String failure, Selftest selftest, InstalledMapper plugin) {
    var failed = new CommandFailedException(failure);
    plugin.failure().ifPresent(failed::addSuppressed);
    selftest.causes().forEach(failed::addSuppressed);
    return failed;
  }
}
