package dev.aerostat.cli;

import dev.aerostat.cli.boot.Simulator;
import dev.aerostat.cli.text.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes manual pages, a reference in Markdown and completion for bash. */
final class CommandDocuments {
  private CommandDocuments() {}

  /**
   * Writes all of them.
   *
   * @param args the directory to write to
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    CommandLine aerostat = command();
    for (CommandLine command : withSubcommands(aerostat)) {
      write(
          directory.resolve("man/man1/%s.1".formatted(ManPage.name(command))), ManPage.of(command));
    }
    write(directory.resolve("reference.md"), CommandReference.of(withSubcommands(aerostat)));
    write(
        directory.resolve("bash-completion/completions/aerostat"),
        AutoComplete.bash("aerostat", aerostat));
  }

  /** Returns the command line as users meet it; nothing is run. */
  static CommandLine command() {
    return AerostatCommand.on(Simulator.onVirtualClock(), Console.ofProcess());
  }

  /** Returns a command and those under it. */
  static List<CommandLine> withSubcommands(CommandLine command) {
    return Stream.concat(
            Stream.of(command),
            shownUnder(command).stream().flatMap(sub -> withSubcommands(sub).stream()))
        .toList();
  }

  /** Returns the subcommands that a command's help shows. */
  static List<CommandLine> shownUnder(CommandLine command) {
    return command.getSubcommands().values().stream()
        .distinct()
        .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
