package dev.aerostat.vmm;

import java.util.List;

/** What a VMM might do wrong, and which of the judge's complaints reveals it. */
enum VmmSabotage {
  NONE(""),

  /** Reports that it has mapped, so that the engine acknowledges, once the gate is open. */
  ACKNOWLEDGES_BEFORE_IT_MAPS("handed back: "),

  /** Opens the gate when the guest asks, though memory is missing. */
  OPENS_THE_GATE_EARLY("at the gate: "),

  /** Misses the last page of each message by which pages come back. */
  LOSES_A_PAGE_OF_A_MESSAGE("the engine's balloon "),

  /** Holds the write of a guest that is to pause, and lets the others of its processors run. */
  DOES_NOT_PAUSE("the guest ticked "),

  /** Closes the engine, and with it the device, while the guest still has its registers. */
  CLOSES_REGISTERS_LATE("ended by ");

  private final String complaint;

  VmmSabotage(String complaint) {
    this.complaint = complaint;
  }

  /** Returns whether there is the complaint that there must be, or none where all was right. */
  boolean isNoticed(List<String> complaints) {
    return this == NONE
        ? complaints.isEmpty()
        : complaints.stream().anyMatch(text -> text.startsWith(complaint));
  }
}
