package dev.aerostat.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** All commands and their options, as a page of Markdown. */
final class CommandReference {
  private static final int WIDTH = 90;

  private CommandReference() {}

  /** Returns a page with a section for each of some commands: what their {@code --help} prints. */
  static String of(List<CommandLine> commands) {
    return commands.stream()
        .map(CommandReference::section)
        .collect(
            Collectors.joining("\n", "# Commands and options\n\nWhat `--help` prints.\n\n", ""));
  }

  private static String section(CommandLine command) {
    command.setUsageHelpAutoWidth(false).setUsageHelpWidth(WIDTH);
    return "## %s%n%n```text%n%s```%n"
        .formatted(command.getCommandSpec().qualifiedName(), command.getUsageMessage(Ansi.OFF));
  }
}
