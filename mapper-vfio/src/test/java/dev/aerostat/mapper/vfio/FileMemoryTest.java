package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.HostAddress;
import org.junit.jupiter.api.Test;

final class FileMemoryTest {
  private static final HostAddress START = new HostAddress(0x10_0000);

  @Test
  void itHoldsWhatLiesWhollyInIt() {
    var memory = new FileMemory(START, 0x4000, 3, 0x1000);
    assertTrue(memory.holds(0x10_0000, 0x4000));
    assertTrue(memory.holds(0x10_3000, 0x1000));
    assertEquals(0x4000, memory.offsetOf(0x10_3000));
    assertFalse(memory.holds(0x10_3000, 0x2000));
    assertFalse(memory.holds(0xf_f000, 0x2000));
    assertFalse(memory.holds(0x10_4000, 0x1000));
  }

  @Test
  void noLengthIsSoLargeThatItFitsAgain() {
    var memory = new FileMemory(START, Long.MAX_VALUE - 0xfff, 3, 0);
    assertFalse(memory.holds(0x10_0000 + 0x2000, Long.MAX_VALUE - 0xfff));
    assertFalse(memory.holds(-0x1000, 0x1000), "2^64 less a page");
  }

  @Test
  void aPartThatNoFileHasIsRefused() {
    for (long[] part : new long[][] {{0, 0}, {-4096, 0}, {4096, -1}, {4096, Long.MAX_VALUE}}) {
      assertThrows(
          IllegalArgumentException.class, () -> new FileMemory(START, part[0], 3, part[1]));
    }
  }
}
