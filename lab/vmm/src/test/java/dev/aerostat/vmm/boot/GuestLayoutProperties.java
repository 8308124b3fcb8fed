package dev.aerostat.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

final class GuestLayoutProperties {
  private static final long STEP = 2L << 20;

  /** All that lies below 4 GiB and is not RAM. */
  private static final GuestRange HOLE = new GuestRange(0xc000_0000L, 1L << 32);

  @Property
  void aGuestHasAllOfItsRamAndNoneInTheHole(
      @ForAll @LongRange(min = 32, max = 8_387_584) long steps) {
    var layout = new AddressMap(steps * STEP);
    List<GuestRange> ram = layout.ram();
    assertEquals(steps * STEP, ram.stream().mapToLong(GuestRange::length).sum());
    assertEquals(0, ram.getFirst().start());
    assertTrue(ram.stream().noneMatch(range -> range.overlaps(HOLE)), ram::toString);
    assertTrue(
        ram.stream().noneMatch(range -> range.overlaps(AddressMap.PCI_WINDOW)), ram::toString);
  }

  @Property
  void theLargeWindowOfPciLiesAboveAllRamAndThe4Gib(
      @ForAll @LongRange(min = 32, max = 6_000_000) long steps) {
    var layout = new AddressMap(steps * STEP);
    GuestRange window = layout.largePciWindow();
    assertTrue(window.start() >= layout.ram().getLast().end());
    assertTrue(window.start() >= 1L << 32);
    assertEquals(0, window.start() % window.length(), "aligned to its length");
  }

  @Property
  void anotherSizeIsRefusedWithItsValue(@ForAll @LongRange(min = -1, max = 1L << 40) long bytes) {
    if (bytes < 64L << 20 || bytes % STEP != 0) {
      var refusal = assertThrows(IllegalArgumentException.class, () -> new AddressMap(bytes));
      String told = String.valueOf(refusal.getMessage());
      assertTrue(told.contains(Long.toString(bytes)) && told.contains("2 MiB"), told);
    } else {
      assertFalse(new AddressMap(bytes).ram().isEmpty());
    }
  }
}
