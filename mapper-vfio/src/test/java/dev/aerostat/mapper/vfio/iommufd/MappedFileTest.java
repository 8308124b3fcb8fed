package dev.aerostat.mapper.vfio.iommufd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class MappedFileTest {
  @Test
  void itHoldsWhatLiesWhollyInIt() {
    var memory = new MappedFile(0x10_0000, 0x4000, 3, 0x1000);
    assertTrue(memory.holds(0x10_0000, 0x4000));
    assertTrue(memory.holds(0x10_3000, 0x1000));
    assertEquals(0x4000, memory.offsetOf(0x10_3000));
    assertFalse(memory.holds(0x10_3000, 0x2000));
    assertFalse(memory.holds(0xf_f000, 0x2000));
    assertFalse(memory.holds(0x10_4000, 0x1000));
  }

  @Test
  void noLengthIsSoLargeThatItFitsAgain() {
    var memory = new MappedFile(0x10_0000, Long.MAX_VALUE - 0xfff, 3, 0);
    assertFalse(memory.holds(0x10_0000 + 0x2000, Long.MAX_VALUE - 0xfff));
    assertFalse(memory.holds(-0x1000, 0x1000), "2^64 less a page");
  }
}
