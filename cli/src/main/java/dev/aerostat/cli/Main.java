package dev.aerostat.cli;

import dev.aerostat.cli.boot.Simulator;
import dev.aerostat.cli.text.Console;

/** Starts the command. */
final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(AerostatCommand.on(Simulator.onVirtualClock(), Console.ofProcess()).execute(args));
  }
}
