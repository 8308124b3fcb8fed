package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import dev.aerostat.api.Progress;
import dev.aerostat.observer.Accounting;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The stock balloon driver of Linux 6.12 on x86, whose memory has a hole below 4 GiB, behind the
 * generic vhost-user device of QEMU.
 */
@Tag("emulated")
final class EmulatedDriverIT {
  private static final int GUEST_MIB = 4608;
  private static final long FOUR_GIB = 1L << 32;
  private static final long MIB = 1 << 20;

  @BeforeAll
  static void canRunHere() {
    String whyNot = LinuxGuest.whyNot(LinuxGuest.EMULATED);
    Assumptions.assumeTrue(whyNot.isEmpty(), whyNot);
  }

  private static Machine start(ServedSetup setup) throws Exception {
    return Machine.start(setup, LinuxGuest.EMULATED, GUEST_MIB);
  }

  @Test
  void inflatesAndDeflatesOnBothSidesOfTheHoleAndAllCountersAgree() throws Exception {
    try (var machine = start(ServedSetup.target(0))) {
      ObservedBalloon balloon = machine.balloon();
      assertSpansTheHole(balloon.memory());
      System.out.println(balloon.memory());
      for (long mib : new long[] {64, 3584, 1024, 4096, 0}) {
        long start = System.nanoTime();
        machine.target(mib);
        machine.settle(mib);
        report("balloon of %d MiB".formatted(mib), start, balloon);
        machine.agree(mib);
      }
    }
  }

  /** Slow enough that the driver balloons most of memory before it is mapped. */
  @Test
  void aBootOpensTheGateOnABalloonThenMapsItAndHandsItBack() throws Exception {
    long start = System.nanoTime();
    try (var machine = start(ServedSetup.target(0).mapTakes(20))) {
      ObservedBalloon balloon = machine.balloon();
      Backend.await("the gate", () -> balloon.dma().progress().gateOpen());
      report("gate open", start, balloon);
      Backend.await("the end of the boot", () -> balloon.dma().progress().done());
      report("balloon empty", start, balloon);
      machine.settle(0);
      machine.agree(0);
      Progress ready = balloon.progressAtReady();
      assertTrue(ready.mappedBytes() < ready.memoryBytes() * 3 / 4, ready::toString);
      Accounting.Deflates deflates = balloon.accounting().deflate();
      assertTrue(deflates.preMappedPages() >= deflates.pages() / 2, deflates::toString);
    }
  }

  private static void assertSpansTheHole(GuestMemory memory) {
    assertTrue(memory.regions().stream().anyMatch(EmulatedDriverIT::isHigh), memory::toString);
    assertTrue(memory.regions().stream().anyMatch(low -> !isHigh(low)), memory::toString);
  }

  private static boolean isHigh(MemoryRegion region) {
    return region.range().start() >= FOUR_GIB;
  }

  private static void report(String what, long startNanos, ObservedBalloon balloon) {
    double seconds = (System.nanoTime() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    Accounting seen = balloon.accounting();
    System.out.printf(
        "%5.1f s  %s: %d of %d MiB mapped, %d in the balloon; %s %s%n",
        seconds,
        what,
        mib(seen.mappedPages()),
        mib(balloon.memory().pages()),
        mib(seen.balloonedPages()),
        seen.inflate(),
        seen.deflate());
  }

  private static long mib(long pages) {
    return Pages.toBytes(pages) / MIB;
  }
}
