package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import dev.aerostat.api.Progress;
import dev.aerostat.simulation.observer.Accounting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The stock balloon driver of Linux 6.12 on x86, whose memory has a hole below 4 GiB, behind the
 * generic vhost-user device of QEMU.
 */
@Tag("emulated")
final class EmulatedDriverTest {
  private static final int GUEST_MIB = 4608;
  private static final long FOUR_GIB = 1L << 32;
  private static final long MIB = 1 << 20;

  @BeforeAll
  static void canRunHere() {
    String whyNot = LinuxGuest.whyNot(LinuxGuest.EMULATED);
    Assumptions.assumeTrue(whyNot.isEmpty(), whyNot);
  }

  private static Backend backend(Consumer<ObservedBalloon> beforeStart) throws Exception {
    return new Backend(VhostUserServer.settings(), UnaryOperator.identity(), beforeStart);
  }

  private static LinuxGuest boot(Backend backend) throws Exception {
    return LinuxGuest.boot(LinuxGuest.EMULATED, backend.socket(), GUEST_MIB);
  }

  private static ObservedBalloon load(Backend backend, LinuxGuest guest) throws Exception {
    guest.begin("load");
    ObservedBalloon balloon = backend.next();
    List<String> _ = guest.end();
    return balloon;
  }

  @Test
  void inflatesAndDeflatesOnBothSidesOfTheHoleAndAllCountersAgree() throws Exception {
    try (var backend = backend(balloon -> balloon.dma().operatorTarget(0));
        var guest = boot(backend)) {
      ObservedBalloon balloon = load(backend, guest);
      assertSpansTheHole(balloon.memory());
      System.out.println(balloon.memory());
      for (long mib : new long[] {64, 3584, 1024, 4096, 0}) {
        long start = System.nanoTime();
        balloon.dma().operatorTarget(mib * MIB);
        RealDriverTest.settle(balloon, mib);
        report("balloon of %d MiB".formatted(mib), start, balloon);
        RealDriverTest.agree(guest, balloon, mib);
      }
    }
  }

  @Test
  void aBootOpensTheGateOnABalloonThenMapsItAndHandsItBack() throws Exception {
    var atReady = new ArrayList<Progress>();
    try (var backend =
            backend(
                balloon -> {
                  // Slow enough that the driver balloons most of memory before it is mapped.
                  balloon.mapper().delay(20);
                  var _ =
                      balloon.dma().dmaReady().thenRun(() -> atReady.add(balloon.dma().progress()));
                });
        var guest = boot(backend)) {
      long start = System.nanoTime();
      ObservedBalloon balloon = load(backend, guest);
      Backend.await("the gate", () -> !atReady.isEmpty());
      report("gate open", start, balloon);
      Backend.await("the end of the boot", () -> balloon.dma().progress().done());
      report("balloon empty", start, balloon);
      RealDriverTest.settle(balloon, 0);
      RealDriverTest.agree(guest, balloon, 0);
      Progress ready = atReady.getFirst();
      assertTrue(ready.mappedBytes() < ready.memoryBytes() * 3 / 4, ready::toString);
      Accounting.Deflates deflates = balloon.accounting().deflate();
      assertTrue(deflates.preMappedPages() >= deflates.pages() / 2, deflates::toString);
      assertEquals(List.of(), balloon.violations());
    }
  }

  private static void assertSpansTheHole(GuestMemory memory) {
    assertTrue(memory.regions().stream().anyMatch(EmulatedDriverTest::isHigh), memory::toString);
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
