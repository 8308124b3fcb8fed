package dev.aerostat.balloon.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonFeatureBits;
import dev.aerostat.balloon.virtio.BalloonMistake;
import java.util.List;
import org.junit.jupiter.api.Test;

class HugePageTest {
  private final TestGuest guest = TestGuest.running(TestGuest.offering(BalloonFeature.HUGE_PAGES));

  @Test
  void aPfnNames512PagesAndNeighboursMergeBothWays() {
    guest.inflateNow(512, 1024, 4608, 4096);
    assertEquals(
        List.of("inflated 512-1536", "inflated 4096-5120 down", "inflate end 2048"),
        guest.recorded.takeLog());
  }

  @Test
  void aGuestThatDoesNotTakeTheBitNamesPagesOf4KiB() {
    var stock = new TestGuest(TestGuest.offering(BalloonFeature.HUGE_PAGES));
    stock.negotiate(BalloonFeatureBits.REQUIRED);
    stock.enable(0, stock.queue(0, 8));
    stock.driverOk();
    stock.inflateNow(512, 1024);
    assertEquals(
        List.of("inflated 512-513", "inflated 1024-1025", "inflate end 2"),
        stock.recorded.takeLog());
  }

  @Test
  void afterAnUnalignedPfnNothingIsBallooned() {
    guest.inflateNow(512, 1025, 4096);
    assertEquals(List.of("inflated 512-1024", "inflate end 512"), guest.recorded.takeLog());
    assertEquals(1, guest.mistakes(BalloonMistake.BAD_HUGE_PAGE));
    assertTrue(guest.needsReset());
    assertEquals(1, guest.configInterrupts);

    guest.inflateNow(4096);
    assertEquals(List.of("inflate end 0"), guest.recorded.takeLog());
    assertEquals(List.of(0, 0), guest.inflate().takeUsedHeads());
  }

  @Test
  void aPfnOutsideMemoryEndsTheModeToo() {
    guest.inflateNow(2048);
    assertEquals(List.of("inflate end 0"), guest.recorded.takeLog());
    assertTrue(guest.needsReset());
  }

  @Test
  void aPfnWhosePagesLeaveTheirRegionEndsTheModeToo() {
    guest.inflateNow(8192);
    assertEquals(List.of("inflate end 0"), guest.recorded.takeLog());
    assertEquals(1, guest.mistakes(BalloonMistake.BAD_HUGE_PAGE));
  }

  @Test
  void aDeflateGivesBackAllThatABadPfnCanName() {
    guest.deflateNow(2047, 4096);
    assertEquals(
        List.of(
            "deflate begin 0", "deflated 0 2047-2048", "deflated 0 4096-4608", "deflate end 0 513"),
        guest.recorded.takeLog());
    assertTrue(guest.needsReset());
    guest.device.acknowledge(0);
    guest.deflateNow(512);
    assertEquals("deflate end 0 512", guest.recorded.takeLog().getLast());
    guest.inflateNow(4096);
    assertEquals(List.of("inflate end 0"), guest.recorded.takeLog());
  }

  @Test
  void aResetBringsTheModeBack() {
    guest.inflateNow(1);
    guest.device.registers().writeStatus(0);
    guest.process();
    guest.device.completeReset();
    assertFalse(guest.needsReset());
    guest.negotiate(guest.device.registers().offeredFeatures());
    guest.memory.segment(0).fill((byte) 0);
    guest.enable(0, guest.queue(0, 8));
    guest.driverOk();
    guest.inflateNow(512);
    assertEquals(List.of("inflated 512-1024", "inflate end 512"), guest.recorded.takeLog());
  }
}
