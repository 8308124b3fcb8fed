package dev.aerostat.cli.report;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A command as a shell reads it. */
final class CommandWords {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private CommandWords() {}

  /** Returns {@code aerostat} and its arguments, those quoted that a shell would take apart. */
  static String of(List<String> arguments) {
    return Stream.concat(Stream.of("aerostat"), arguments.stream().map(CommandWords::word))
        .collect(Collectors.joining(" "));
  }

  private static String word(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
