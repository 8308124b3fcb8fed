package dev.aerostat.cli;

/** Starts the command. */
final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(AerostatCommand.on(Simulator.onVirtualClock(), Console.ofProcess()).execute(args));
  }
}
