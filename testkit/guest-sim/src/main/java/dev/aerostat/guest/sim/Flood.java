package dev.aerostat.guest.sim;

import java.util.Locale;

/** What a guest can do without end to keep the device busy. */
public enum Flood {
  /** It keeps the inflate ring full of messages that name pages at random. */
  INFLATES,
  /** It inflates pages at random and deflates them again, 128 messages at a time. */
  CHURN,
  /** It resets the device, sets it up, and sends one message in between. */
  RESETS,
  /** It notifies the device, and sends no message. */
  KICKS,
  /** It switches bus mastering of its passthrough device off and on, and sends no message. */
  BUS_MASTERING;

  /** Returns the name as users read it: {@code bus-mastering}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
