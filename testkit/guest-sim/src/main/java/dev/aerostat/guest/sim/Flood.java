package dev.aerostat.guest.sim;

/** What a guest can do without end to keep the device busy. */
public enum Flood {
  /** It keeps the inflate ring full of messages that name pages at random. */
  INFLATES,
  /** It inflates and deflates the same pages at random, with both rings full. */
  CHURN,
  /** It resets the device, sets it up, and sends one message in between. */
  RESETS,
  /** It notifies the device of messages that are not there. */
  KICKS,
  /** It switches bus mastering of its passthrough device off and on. */
  BUS_MASTERING
}
