package dev.aerostat.api;

/**
 * How a transport keeps a device reset from taking effect while the gate is open: after a reset all
 * RAM is guest-owned, so all of it must be mapped first, or the gate closed.
 */
public enum ResetPolicy {
  /** The device's status stays non-zero, which the driver polls, until all is mapped. */
  HOLD_STATUS,
  /** The gate closes, and opens again once every page is ballooned or mapped. */
  CLOSE_GATE
}
