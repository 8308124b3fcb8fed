package dev.aerostat.tracker.sabotage;

import java.util.logging.Logger;

/** A library that talks to a console that is not its own. */
public final class LogsAndPrints {
  static void report(Exception failure) {
    Logger.getAnonymousLogger().info("to whom?");
    System.out.println("to whom?");
    System.err.println("to whom?");
    failure.printStackTrace();
  }
}
