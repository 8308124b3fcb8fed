package dev.aerostat.engine;

/** When the gate opens. */
public enum Strategy {
  /** Once all memory is mapped, as VMMs do today. For guests that boot from the device. */
  SYNC,
  /** Once every page is ballooned or mapped; the rest is mapped behind the guest's back. */
  ASYNC
}
