package dev.aerostat.vmm;

import java.util.List;

/**
 * Lines that a guest prints again and again, so that it can be heard whether it runs. Safe for use
 * by any thread.
 */
final class Ticks {
  private static final String TICK = "TICK";

  private int all;
  private int whileHeld;
  private boolean held;

  /** The guest waits for its gate from now on. */
  synchronized void hold() {
    held = true;
  }

  /** Its gate may open. */
  synchronized void release() {
    held = false;
  }

  /** Takes a line of the guest's console. */
  synchronized void line(String line) {
    if (line.equals(TICK)) {
      all++;
      whileHeld += held ? 1 : 0;
    }
  }

  /**
   * Complains of a guest that ran where it was to pause, that stood still where only its write was
   * held, or that was never heard.
   */
  synchronized void judge(boolean pauses, List<String> complaints) {
    if (all < 2) {
      complaints.add("the guest did not tick");
    }
    if (pauses && whileHeld > 0) {
      complaints.add("the guest ticked %d times in its pause".formatted(whileHeld));
    }
    if (!pauses && whileHeld == 0) {
      complaints.add("the guest did not tick while its write was held");
    }
  }

  /** Returns how often the guest ticked while its write was held. */
  synchronized int whileHeld() {
    return whileHeld;
  }
}
