package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.PAGE;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Holds what a deflating guest claims to have against what the host has mapped and acknowledged.
 * The host is asked after the guest, and both of its numbers only grow: so no interleaving of the
 * two makes an honest device look guilty.
 */
final class ReturnedMemory {
  private final Machine machine;
  private final long pagesAtStart;
  private final long balloonedAtStart;
  private final long acknowledgedAtStart;

  /** Starts with a balloon at rest. */
  ReturnedMemory(Machine machine) {
    this.machine = machine;
    this.pagesAtStart = machine.guest().managedPages();
    this.balloonedAtStart = machine.balloon().accounting().balloonedPages();
    this.acknowledgedAtStart = machine.balloon().acknowledgedPages();
  }

  long returnedPages() {
    return machine.guest().managedPages() - pagesAtStart;
  }

  void assertMappedFirst() {
    long returned = returnedPages();
    long acknowledged = machine.balloon().acknowledgedPages() - acknowledgedAtStart;
    long unmapped =
        machine.balloon().memory().bytes() / PAGE
            - machine.balloon().mapper().simulated().mappedBytes() / PAGE;
    assertTrue(
        returned <= acknowledged,
        () -> "%d pages are back, %d acknowledged".formatted(returned, acknowledged));
    assertTrue(
        balloonedAtStart - returned >= unmapped,
        () -> "%d pages are back, %d unmapped".formatted(returned, unmapped));
  }
}
