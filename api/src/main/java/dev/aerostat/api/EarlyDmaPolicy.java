package dev.aerostat.api;

/** What a VMM does when the guest asks for bus mastering while the gate is closed. */
public enum EarlyDmaPolicy {
  /** The guest's write does not complete until the gate opens. */
  HOLD,
  /** The whole guest pauses until the gate opens. */
  PAUSE,
  /** The device is plugged only once the gate opens, so that the guest cannot ask. */
  PLUG_LATE
}
