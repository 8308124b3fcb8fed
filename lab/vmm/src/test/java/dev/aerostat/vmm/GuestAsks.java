package dev.aerostat.vmm;

import dev.aerostat.api.EarlyDmaPolicy;

/** When a guest asks for its device's DMA, and what happens if that is too early. */
enum GuestAsks {
  /** With its balloon inflated; its write is held. */
  AND_IS_HELD(EarlyDmaPolicy.HOLD, false),

  /** With its balloon inflated; all of it pauses. */
  AND_PAUSES(EarlyDmaPolicy.PAUSE, false),

  /** When it has its device, which comes when the gate opens. */
  LATE(EarlyDmaPolicy.PLUG_LATE, false),

  /** Before it has a balloon, which is not inflated then; its write is held. */
  AT_ONCE_AND_IS_HELD(EarlyDmaPolicy.HOLD, true),

  /** Before it has a balloon, which is not inflated then; all of it pauses. */
  AT_ONCE_AND_PAUSES(EarlyDmaPolicy.PAUSE, true);

  private final EarlyDmaPolicy policy;
  private final boolean atOnce;

  GuestAsks(EarlyDmaPolicy policy, boolean atOnce) {
    this.policy = policy;
    this.atOnce = atOnce;
  }

  EarlyDma settings() {
    return new EarlyDma(policy, EarlyDma.USUAL.limit());
  }

  boolean atOnce() {
    return atOnce;
  }

  boolean pauses() {
    return policy == EarlyDmaPolicy.PAUSE;
  }

  boolean late() {
    return policy == EarlyDmaPolicy.PLUG_LATE;
  }

  /** Returns what asks the guest, on its kernel's command line. */
  String word() {
    return "guest.asks=" + (atOnce ? "at-once" : late() ? "late" : "inflated");
  }
}
