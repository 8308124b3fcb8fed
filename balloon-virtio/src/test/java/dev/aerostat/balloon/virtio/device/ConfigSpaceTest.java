package dev.aerostat.balloon.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.virtio.VirtioMistake;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ConfigSpaceTest {
  private final TestGuest guest = TestGuest.running(TestGuest.offering(BalloonFeature.PAGE_POISON));
  private final BalloonDevice device = guest.device;

  @Test
  void itsSizeDependsOnWhatIsOffered() {
    assertEquals(16, device.registers().configSize());
    assertEquals(
        12,
        new TestGuest(TestGuest.offering(BalloonFeature.FREE_PAGE_HINT))
            .device
            .registers()
            .configSize());
    assertEquals(
        8,
        new TestGuest(TestGuest.offering(BalloonFeature.STATISTICS))
            .device
            .registers()
            .configSize());
  }

  @Test
  void theTargetIsNumPagesLittleEndianAtOffsetZero() {
    device.setTarget(0xfedc_ba98L);
    assertEquals(0xfedc_ba98L, device.registers().readConfig(0, 4));
    assertEquals(0x98, device.registers().readConfig(0, 1));
    assertEquals(0xfe, device.registers().readConfig(3, 1));
    assertEquals(0xdcba, device.registers().readConfig(1, 2));
    assertEquals(0xfedc_ba98L, device.target());
  }

  @Test
  void aNewTargetInterruptsAndAnOldOneDoesNot() {
    int generation = device.registers().configGeneration();
    device.setTarget(7);
    device.setTarget(7);
    assertEquals(1, guest.configInterrupts);
    assertNotEquals(generation, device.registers().configGeneration());
  }

  @Test
  void aTargetBeforeTheDriverIsUpInterruptsNobody() {
    var early = new TestGuest(BalloonSettings.defaults());
    early.device.setTarget(7);
    assertEquals(0, early.configInterrupts);
    assertEquals(7, early.device.registers().readConfig(0, 4));
  }

  @Test
  void aTargetFitsIn32Bits() {
    assertThrows(IllegalArgumentException.class, () -> device.setTarget(-1));
    assertThrows(IllegalArgumentException.class, () -> device.setTarget(1L << 32));
  }

  @Test
  void onlyActualAndPoisonValueAreTheDriversToWrite() {
    device.setTarget(7);
    for (int offset = 0; offset < 16; offset += 4) {
      device.registers().writeConfig(offset, 4, 0x8000_0001);
    }
    assertEquals(7, device.target());
    assertEquals(0x8000_0001L, device.actual());
    assertEquals(0, device.registers().readConfig(8, 4));
    assertEquals(0x8000_0001, device.poisonValue());
  }

  @Test
  void aWriteThatStraddlesFieldsReachesOnlyTheDriversPart() {
    device.setTarget(0x1111_1111);
    device.registers().writeConfig(2, 4, 0xaabb_ccdd);
    assertEquals(0x1111_1111, device.target());
    assertEquals(0xaabb, device.actual());
    device.registers().writeConfig(6, 1, 0x77);
    assertEquals(0x77_aabb, device.actual());
    device.registers().writeConfig(6, 2, 0x1234_5678);
    assertEquals(0x5678_aabb, device.actual());
  }

  @Test
  void anAccessOf64BitsIsTwoFieldsAtOnce() {
    device.setTarget(0xfedc_ba98L);
    device.registers().writeConfig(0, 8, 0x89ab_cdef_1111_1111L);
    assertEquals(0xfedc_ba98L, device.target());
    assertEquals(0x89ab_cdefL, device.actual());
    assertEquals(0x89ab_cdef_fedc_ba98L, device.registers().readConfig(0, 8));
    device.registers().writeConfig(8, 8, -1);
    assertEquals(0xffff_ffff_0000_0000L, device.registers().readConfig(8, 8));
    assertEquals(0x0000_0000_89ab_cdefL, device.registers().readConfig(4, 8));
    assertEquals(0, device.registers().readConfig(9, 8));
    device.registers().writeConfig(Integer.MAX_VALUE, 8, -1);
    assertEquals(2, guest.mistakes(VirtioMistake.CONFIG_ACCESS));
  }

  @Test
  void accessOutsideOrOfAnotherWidthReadsZeroAndWritesNothing() {
    device.registers().writeConfig(4, 4, -1);
    assertEquals(0, device.registers().readConfig(16, 1));
    assertEquals(0, device.registers().readConfig(13, 4));
    assertEquals(0, device.registers().readConfig(-1, 4));
    assertEquals(0, device.registers().readConfig(4, 3));
    assertEquals(0, device.registers().readConfig(Integer.MAX_VALUE, 4));
    device.registers().writeConfig(13, 4, -1);
    device.registers().writeConfig(Integer.MIN_VALUE, 4, -1);
    assertEquals(0, device.poisonValue());
    assertEquals(7, guest.mistakes(VirtioMistake.CONFIG_ACCESS));
  }

  @Test
  void changesThatNobodyReadMoveTheGenerationOnce() {
    for (int changes : new int[] {1, 255, 256, 512, 1 << 16}) {
      int before = device.registers().configGeneration() & 0xff;
      assertEquals(device.target(), device.registers().readConfig(0, 4));
      for (int i = 1; i <= changes; i++) {
        device.setTarget(device.target() + 1);
      }
      assertEquals(
          (before + 1) & 0xff, device.registers().configGeneration() & 0xff, changes + " changes");
    }
  }

  @Test
  void whatTheDriverWritesItselfMovesNoGeneration() {
    int before = device.registers().configGeneration();
    assertEquals(0, device.registers().readConfig(4, 4));
    device.registers().writeConfig(4, 4, 77);
    assertEquals(before, device.registers().configGeneration());
  }

  @Test
  void noReadIsTornWhileTheFieldChanges() throws Exception {
    device.setTarget(0x1111_1111);
    var ended = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; !ended.get(); i++) {
                    device.setTarget((i & 1) == 0 ? 0x2222_2222 : 0x1111_1111);
                  }
                });
    try {
      for (int i = 0; i < 500_000; i++) {
        int value = (int) device.registers().readConfig(i & 1, 2);
        assertTrue(value == 0x1111 || value == 0x2222, Integer.toHexString(value));
      }
    } finally {
      ended.set(true);
      writer.join();
    }
  }
}
