package dev.aerostat.cli.options;

import picocli.CommandLine.Option;

/** Lets the user have JSON in place of text. */
public final class JsonChoice {
  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  /** Created by picocli. */
  JsonChoice() {}

  /**
   * Returns whether the user wants it.
   *
   * @return whether to print JSON
   */
  public boolean isWanted() {
    return json;
  }
}
