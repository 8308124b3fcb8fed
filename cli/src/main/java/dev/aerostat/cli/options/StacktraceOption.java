package dev.aerostat.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** The option that shows where a failure came from. */
public final class StacktraceOption {
  /** Its name. */
  public static final String NAME = "--stacktrace";

  private StacktraceOption() {}

  /**
   * Returns whether the user gave the option.
   *
   * @param parsed the command line of any command; null if it could not be parsed
   * @return true if it is there
   */
  public static boolean isGiven(@Nullable ParseResult parsed) {
    return parsed != null && parsed.originalArgs().contains(NAME);
  }
}
