package dev.aerostat.guest.sim;

/** What a guest's balloon driver is doing. */
public enum GuestState {
  /** No driver is loaded, and the device is reset. */
  UNLOADED,
  /** A reset was asked for and is not complete yet. */
  RESETTING,
  /** Nothing to do until an interrupt. */
  IDLE,
  /** A message is being written. */
  WORKING,
  /** A message waits for its acknowledgement. */
  WAITING,
  /** The allocator had nothing left; the driver sleeps before it tries again. */
  SLEEPING,
  /** It has stopped forever. */
  STALLED,
  /** The device refused the driver's features: the guest goes on without a balloon. */
  REFUSED
}
