package dev.aerostat.cli;

import dev.aerostat.cli.boot.BootCommand;
import dev.aerostat.cli.boot.CompareCommand;
import dev.aerostat.cli.boot.ExploreCommand;
import dev.aerostat.cli.boot.ReplayCommand;
import dev.aerostat.cli.boot.Simulator;
import dev.aerostat.cli.doctor.DoctorCommand;
import dev.aerostat.cli.jfr.JfrCommand;
import dev.aerostat.cli.options.OptionTypes;
import dev.aerostat.cli.selftest.MappersCommand;
import dev.aerostat.cli.selftest.SelftestCommand;
import dev.aerostat.cli.serve.ServeCommand;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Release;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command itself: what its subcommands share. */
@Command(
    name = "aerostat",
    mixinStandardHelpOptions = true,
    versionProvider = AerostatCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Boots guests with passthrough devices fast, however large they are.",
      "",
      "All of a guest's memory must be mapped for its device before the device may do DMA:"
          + " about 4 GiB a second. Aerostat lets the guest's balloon driver take most of"
          + " the memory out of use first, maps what is left, and the rest in the background."
          + " These commands show what that gains, on a simulated host; replay and selftest work"
          + " with this host's devices, too.",
      ""
    },
    footer = {
      "",
      "Sizes are bytes, or K, M, G or T of them in powers of 1024: 384G, 1.5T, 4096K.",
      "",
      "To begin with:",
      "  aerostat boot --memory 384G --balloon-page 2M",
      "  aerostat boot --memory 384G --strategy sync",
      "  aerostat compare --memory 8G,64G",
      "",
      "'aerostat COMMAND --help' tells more about each."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed: refused by the host, a host that lacks what is needed, input that is no recording, or a breach of a rule or of a"
          + " mapper's contract",
      "2:wrong usage"
    })
final class AerostatCommand {
  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "On failure, print where it came from as well.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it itself: parsing may have failed
  private boolean stacktrace;

  private AerostatCommand() {}

  /**
   * Builds the command line.
   *
   * @param simulator runs what is asked for
   * @param console where the user is
   * @return ready to execute, any number of times
   */
  static CommandLine on(Simulator simulator, Console console) {
    var root = new AerostatCommand();
    var failures = new Failures(console);
    CommandLine commands =
        new CommandLine(root)
            .addSubcommand(new BootCommand(simulator, console))
            .addSubcommand(new CompareCommand(simulator, console))
            .addSubcommand(new ExploreCommand(simulator, console))
            .addSubcommand(new ReplayCommand(simulator, console))
            .addSubcommand(new ServeCommand(console))
            .addSubcommand(new JfrCommand(console))
            .addSubcommand(new MappersCommand(console))
            .addSubcommand(new SelftestCommand(console))
            .addSubcommand(new DoctorCommand(console));
    return OptionTypes.teach(commands)
        .setOut(console.outWriter())
        .setErr(console.errWriter())
        .setExecutionStrategy(AerostatCommand::execute)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setUsageHelpAutoWidth(true);
  }

  /** A simulation too large for Java's heap is a failure like others, not a stack trace. */
  private static int execute(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError full) {
      throw new ExecutionException(
          parsed.commandSpec().commandLine(),
          "out of memory",
          new CommandFailedException(Failures.OUT_OF_MEMORY, full));
    }
  }

  /** The release, the Java that it runs on, and the commit that it was built from. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "aerostat %s (Java %s)".formatted(Release.name(), Runtime.version()),
        "commit " + Release.commit()
      };
    }
  }
}
