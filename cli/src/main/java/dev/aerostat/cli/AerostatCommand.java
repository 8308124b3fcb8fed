package dev.aerostat.cli;

import dev.aerostat.cli.boot.BootCommand;
import dev.aerostat.cli.boot.CompareCommand;
import dev.aerostat.cli.boot.ExploreCommand;
import dev.aerostat.cli.boot.ReplayCommand;
import dev.aerostat.cli.boot.Simulator;
import dev.aerostat.cli.doctor.DoctorCommand;
import dev.aerostat.cli.jfr.JfrCommand;
import dev.aerostat.cli.options.OptionTypes;
import dev.aerostat.cli.options.StacktraceOption;
import dev.aerostat.cli.plugins.PluginDirectories;
import dev.aerostat.cli.selftest.MappersCommand;
import dev.aerostat.cli.selftest.SelftestCommand;
import dev.aerostat.cli.serve.PassthroughCommand;
import dev.aerostat.cli.serve.ServeCommand;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.cli.text.Console;
import dev.aerostat.cli.text.Release;
import dev.aerostat.cli.text.Terminal;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Help.Ansi;
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
      "'aerostat COMMAND --help' has more about each."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed: refused by the host, a host that lacks what is needed, input that is no recording,"
          + " output that cannot be written, a plugin that cannot be used, or a breach of a rule or"
          + " of a mapper's contract",
      "2:wrong usage"
    })
final class AerostatCommand {
  /** Picocli's own bound. */
  private static final int NARROWEST_HELP = 55;

  @Option(
      names = StacktraceOption.NAME,
      scope = ScopeType.INHERIT,
      description = "On failure, print where it came from as well.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it itself: parsing may have failed
  private boolean stacktrace;

  @Option(
      names = "--plugins",
      paramLabel = "DIR[:DIR...]",
      scope = ScopeType.INHERIT,
      description = {
        "Directories with jars of mapper plugins and what these need, beside those that"
            + " $AEROSTAT_PLUGINS names."
      })
  private List<String> plugins = new ArrayList<>();

  private final Console console;

  private AerostatCommand(Console console) {
    this.console = console;
  }

  /**
   * Builds the command line.
   *
   * @param simulator runs what is asked for
   * @param console where the user is
   * @return ready to execute, any number of times
   */
  static CommandLine on(Simulator simulator, Console console) {
    var root = new AerostatCommand(console);
    var failures = new Failures(console);
    CommandLine commands =
        new CommandLine(root)
            .addSubcommand(new BootCommand(simulator, console))
            .addSubcommand(new CompareCommand(simulator, console))
            .addSubcommand(new ExploreCommand(simulator, console))
            .addSubcommand(new ReplayCommand(simulator, console))
            .addSubcommand(new ServeCommand(console))
            .addSubcommand(new PassthroughCommand(console))
            .addSubcommand(new JfrCommand(console))
            .addSubcommand(new MappersCommand(console))
            .addSubcommand(new SelftestCommand(console))
            .addSubcommand(new DoctorCommand(console));
    return sized(OptionTypes.teach(commands), console.columns())
        .setOut(console.outWriter())
        .setErr(console.errWriter())
        .setExecutionStrategy(root::execute)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setColorScheme(CommandLine.Help.defaultColorScheme(console.live() ? Ansi.AUTO : Ansi.OFF));
  }

  /** Help has a width of its own if nothing limits how wide a line may be. */
  private static CommandLine sized(CommandLine commands, int columns) {
    return columns == Terminal.UNLIMITED
        ? commands
        : commands.setUsageHelpWidth(Math.max(NARROWEST_HELP, columns));
  }

  private int execute(ParseResult parsed) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      thread.setContextClassLoader(pluginLoader(parsed));
      int exitCode = new CommandLine.RunLast().execute(parsed);
      console.requireWritten();
      return exitCode;
    } catch (OutOfMemoryError full) {
      // A simulation too large for Java's heap is a failure like others, not a stack trace.
      throw failed(parsed, new CommandFailedException(Failures.OUT_OF_MEMORY, full));
    } catch (CommandFailedException | IllegalArgumentException failure) {
      throw failed(parsed, failure);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Where mappers are looked for. Whoever asks for help gets it, whatever the plugins are. */
  private ClassLoader pluginLoader(ParseResult parsed) {
    ClassLoader own = AerostatCommand.class.getClassLoader();
    boolean help =
        parsed.asCommandLineList().stream()
            .anyMatch(it -> it.isUsageHelpRequested() || it.isVersionHelpRequested());
    return help ? own : PluginDirectories.loader(plugins, System.getenv(), own);
  }

  private static ExecutionException failed(ParseResult parsed, RuntimeException failure) {
    return new ExecutionException(
        parsed.commandSpec().commandLine(), String.valueOf(failure.getMessage()), failure);
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
