package dev.aerostat.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A manual page of a command, in the macros of man(7).
 *
 * <p>Not by picocli-codegen: it writes AsciiDoc in which nothing is escaped, and what converts that
 * is larger than the command with its Java.
 */
final class ManPage {
  private static final ColorScheme PLAIN = Help.defaultColorScheme(Ansi.OFF);

  /** Wider than any text: lines are broken by whoever shows the page. */
  private static final int UNBROKEN = 10_000;

  private final CommandSpec spec;
  private final Help help;
  private final StringBuilder page = new StringBuilder();

  private ManPage(CommandLine command) {
    command.setUsageHelpAutoWidth(false).setUsageHelpWidth(UNBROKEN);
    spec = command.getCommandSpec();
    help = new Help(spec, PLAIN);
  }

  /** Returns the name of a command's page, such as {@code aerostat-boot}. */
  static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName("-");
  }

  /** Returns the page of a command. */
  static String of(CommandLine command) {
    return new ManPage(command).write();
  }

  private String write() {
    String name = name(spec.commandLine());
    line(".TH %s 1 \"\" Aerostat Aerostat".formatted(escaped(name.toUpperCase(Locale.ROOT))));
    line(".nh\n.ad l");
    line(".SH NAME");
    line(escaped(name) + " \\- " + escaped(summary()));
    line(".SH SYNOPSIS");
    line(escaped(help.synopsis(0).strip()));
    line(".SH DESCRIPTION");
    paragraphs(help.description());
    arguments();
    commands();
    exitStatus();
    line(".SH NOTES");
    paragraphs(help.footer());
    seeAlso();
    return page.toString();
  }

  /** The first line of the description, as a part of a sentence. */
  private String summary() {
    String first = help.description().lines().findFirst().orElseThrow();
    String rest = first.endsWith(".") ? first.substring(1, first.length() - 1) : first.substring(1);
    return first.substring(0, 1).toLowerCase(Locale.ROOT) + rest;
  }

  private void arguments() {
    line(".SH OPTIONS");
    var parameters = help.createDefaultParameterRenderer();
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      if (!parameter.hidden()) {
        term(label(parameter));
        describe(parameters.render(parameter, help.createDefaultParamLabelRenderer(), PLAIN));
      }
    }
    var options = help.createDefaultOptionRenderer();
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        String names =
            Stream.of(option.names())
                .map(name -> "\\fB" + escaped(name) + "\\fR")
                .collect(Collectors.joining(", "));
        term(names + label(option));
        describe(options.render(option, help.createDefaultParamLabelRenderer(), PLAIN));
      }
    }
  }

  private String label(ArgSpec argument) {
    String label =
        help.createDefaultParamLabelRenderer()
            .renderParameterLabel(argument, Ansi.OFF, List.of())
            .plainString();
    return label.isEmpty() ? "" : "\\fI" + escaped(label) + "\\fR";
  }

  /** Writes what picocli has rendered: its last column is the description. */
  private void describe(Text[][] rows) {
    for (Text[] row : rows) {
      line(escaped(row[row.length - 1].plainString()));
    }
  }

  private void commands() {
    List<CommandLine> commands = subcommands();
    if (!commands.isEmpty()) {
      line(".SH COMMANDS");
      for (CommandLine command : commands) {
        term("\\fB" + escaped(command.getCommandName()) + "\\fR");
        line(escaped(command.getHelp().description().lines().findFirst().orElseThrow()));
      }
    }
  }

  private void exitStatus() {
    var codes = spec.root().usageMessage().exitCodeList();
    line(".SH EXIT STATUS");
    codes.forEach(
        (code, meaning) -> {
          term(escaped(code));
          line(escaped(meaning));
        });
  }

  private void seeAlso() {
    Stream<CommandLine> related =
        spec.parent() == null ? subcommands().stream() : Stream.of(spec.parent().commandLine());
    line(".SH SEE ALSO");
    line(
        related
            .map(command -> "\\fB" + escaped(name(command)) + "\\fR(1)")
            .collect(Collectors.joining(",\n")));
  }

  private List<CommandLine> subcommands() {
    return CommandDocuments.shownUnder(spec.commandLine());
  }

  private void term(String term) {
    line(".TP");
    line(term);
  }

  /** Writes text whose paragraphs are apart by empty lines, and whose indented lines stay as is. */
  private void paragraphs(String text) {
    boolean literal = false;
    for (String line : text.strip().lines().toList()) {
      boolean indented = line.startsWith(" ");
      if (indented != literal) {
        line(indented ? ".PP\n.nf" : ".fi");
        literal = indented;
      }
      line(line.isBlank() ? ".PP" : escaped(line));
    }
    if (literal) {
      line(".fi");
    }
  }

  private void line(String line) {
    page.append(line).append('\n');
  }

  /** Returns text that roff prints as it is. */
  static String escaped(String text) {
    String escaped =
        text.replace("\\", "\\e")
            .replace("-", "\\-")
            .replace("'", "\\(aq")
            .replace("`", "\\(ga")
            .replace("^", "\\(ha")
            .replace("~", "\\(ti");
    return escaped.startsWith(".") ? "\\&" + escaped : escaped;
  }
}
