package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class MemoryRegionTest {
  private static final GuestRange RANGE = new GuestRange(0x10000, 0x12000);

  @Test
  void aHostAddressLiesAsFarInTheSegmentAsTheGuestAddressInTheRange() {
    MemoryRegion region = TestGuests.region(RANGE);
    assertEquals(region.segment().address() + 0x1000, region.hostAddress(0x11000).value());
    assertThrows(IllegalArgumentException.class, () -> region.hostAddress(0x12000));
    assertThrows(IllegalArgumentException.class, () -> region.hostAddress(0xf000));
    assertThrows(IllegalArgumentException.class, () -> region.hostAddress(0x10001));
  }

  @Test
  void aSegmentThatADeviceCannotUseIsRefused() {
    MemorySegment good = TestGuests.region(RANGE).segment();
    assertRefused(MemorySegment.ofArray(new byte[0x2000]), "heap memory");
    assertRefused(good.asReadOnly(), "read-only");
    assertRefused(good.asSlice(0, 0x1000), "has 0x1000");
    assertRefused(Arena.ofAuto().allocate(0x4000, 4096).asSlice(8, 0x2000), "multiple of 0x1000");
  }

  @Test
  void aSegmentThatTheDevicesThreadsCannotReadIsRefused() {
    try (Arena confined = Arena.ofConfined()) {
      assertRefused(confined.allocate(0x2000, 4096), "Arena.ofShared()");
    }
    MemorySegment freed;
    try (Arena shared = Arena.ofShared()) {
      freed = shared.allocate(0x2000, 4096);
    }
    assertRefused(freed, "arena is closed");
  }

  private static void assertRefused(MemorySegment segment, String why) {
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> new MemoryRegion(RANGE, segment));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(why), message);
    assertTrue(message.contains(RANGE.toString()), message);
  }
}
