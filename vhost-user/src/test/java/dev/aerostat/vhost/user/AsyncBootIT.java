package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.MIB;
import static dev.aerostat.vhost.user.Machine.PAGE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Progress;
import dev.aerostat.observer.Accounting;
import org.junit.jupiter.api.Test;

/** Asynchronous DMA map as it is meant to be, with a driver that knows nothing of it. */
final class AsyncBootIT extends RealDriver {
  @Test
  void aBootOpensTheGateOnABalloonThenMapsItAndHandsItBack() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(0).mapTakes(20))) {
      ObservedBalloon balloon = machine.balloon();
      Backend.await("the end of the boot", () -> balloon.dma().progress().done());
      machine.settle(0);
      machine.agree(0);
      Progress ready = balloon.progressAtReady();
      assertTrue(ready.mappedBytes() < ready.memoryBytes() * 3 / 4, ready::toString);
      Accounting.Deflates deflates = balloon.accounting().deflate();
      assertTrue(deflates.pages() >= 100 * MIB / PAGE, deflates::toString);
      assertTrue(deflates.preMappedPages() >= deflates.pages() / 2, deflates::toString);
      System.out.printf(
          "async boot: gate open with %d of %d MiB mapped; %.1f %% of %d deflated pages pre-mapped%n",
          ready.mappedBytes() / MIB,
          ready.memoryBytes() / MIB,
          100.0 * deflates.preMappedPages() / deflates.pages(),
          deflates.pages());
    }
  }
}
