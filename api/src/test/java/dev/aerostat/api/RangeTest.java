package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RangeTest {
  @Test
  void aRangePrintsAsHalfOpenHexadecimal() {
    assertEquals("[0x1000, 0x3000)", new GuestRange(0x1000, 0x3000).toString());
    assertEquals("[0x1000, 0x3000)", new IovaRange(0x1000, 0x3000).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "0x1000, 0x1000, is empty",
    "0x2000, 0x1000, is empty",
    "0x1, 0x1000, is not aligned",
    "0x0, 0x1800, is not aligned",
    "-0x1000, 0x1000, does not lie in [0x0",
    "0x0, 0x100000001000, does not lie in [0x0"
  })
  void whatIsNoGuestRangeIsRefusedWithItsAddresses(String start, String end, String why) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> new GuestRange(Long.decode(start), Long.decode(end)));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(why), message);
    assertTrue(message.contains("0x%x)".formatted(Long.decode(end))), message);
  }

  @Test
  void guestAddressesEndAtSixteenTebibytesAndIovasAtTwoToThe62() {
    assertEquals(Pages.LIMIT, new GuestRange(0, 1L << 44).endPage());
    assertEquals(1L << 62, new IovaRange(0, 1L << 62).length());
    assertThrows(IllegalArgumentException.class, () -> new IovaRange(0, (1L << 62) + 4096));
  }

  @Test
  void aLengthThatPassesTheEndOfAllNumbersIsRefused() {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> IovaRange.ofLength(1L << 62, Long.MAX_VALUE - 4095));
    assertTrue(String.valueOf(refusal.getMessage()).contains("passes the end"));
    assertThrows(IllegalArgumentException.class, () -> GuestRange.ofLength(4096, 0));
  }

  @Test
  void pagesAndBytesNameTheSameRange() {
    var range = GuestRange.ofPages(3, 7);
    assertEquals(GuestRange.ofLength(3 * 4096, 4 * 4096), range);
    assertEquals(3, range.firstPage());
    assertEquals(7, range.endPage());
    assertEquals(new IovaRange(3 * 4096, 7 * 4096), IovaRange.of(range));
  }

  /** Each would name a small range, were its upper bits lost on the way to bytes. */
  @ParameterizedTest
  @CsvSource({
    "0x0, 0x100000001",
    "0x10000000000000, 0x10000000000001",
    "0x0, 0x10000000000001",
    "0x7ffffffffffffffe, 0x7fffffffffffffff",
    "-0x1, 0x1",
    "-0x8000000000000000, 0x1",
    "0x3, 0x3",
    "0x4, 0x3"
  })
  void pagesThatNoGuestCanHaveAreRefusedWithTheirNumbers(String first, String end) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> GuestRange.ofPages(Long.decode(first), Long.decode(end)));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(
        message.contains("[0x%x, 0x%x)".formatted(Long.decode(first), Long.decode(end))), message);
  }

  @Test
  void theLastPageThatAPfnCanNameIsInARange() {
    assertEquals(1L << 44, GuestRange.ofPages(Pages.LIMIT - 1, Pages.LIMIT).end());
  }

  @Test
  void theEndIsNotInTheRange() {
    var range = new GuestRange(0x1000, 0x3000);
    assertTrue(range.contains(0x1000));
    assertTrue(range.contains(0x2fff));
    assertFalse(range.contains(0x3000));
    assertFalse(range.contains(0xfff));
  }

  @Test
  void rangesThatTouchDoNotOverlap() {
    var range = new IovaRange(0x1000, 0x3000);
    assertFalse(range.overlaps(new IovaRange(0x3000, 0x4000)));
    assertFalse(range.overlaps(new IovaRange(0, 0x1000)));
    assertTrue(range.overlaps(new IovaRange(0x2000, 0x4000)));
    assertTrue(range.encloses(new IovaRange(0x2000, 0x3000)));
    assertFalse(range.encloses(new IovaRange(0x2000, 0x4000)));
    assertFalse(new GuestRange(0x1000, 0x3000).overlaps(new GuestRange(0x3000, 0x4000)));
    assertTrue(new GuestRange(0x1000, 0x3000).overlaps(new GuestRange(0, 0x2000)));
  }

  @Test
  void rangesAreOrderedByStartThenByEnd() {
    var range = new GuestRange(0x1000, 0x3000);
    assertTrue(range.compareTo(new GuestRange(0x1000, 0x4000)) < 0);
    assertTrue(range.compareTo(new GuestRange(0, 0x4000)) > 0);
    assertEquals(0, range.compareTo(new GuestRange(0x1000, 0x3000)));
  }

  @Test
  void aHostAddressIsAlignedAndMayBeAbove2ToThe63() {
    assertEquals("0xfffffffffffff000", new HostAddress(-4096).toString());
    assertEquals(new HostAddress(0x3000), new HostAddress(0x1000).plus(0x2000));
    assertThrows(IllegalArgumentException.class, () -> new HostAddress(0x1001));
    assertThrows(IllegalArgumentException.class, () -> new HostAddress(0x1000).plus(1));
    assertThrows(IllegalArgumentException.class, () -> new HostAddress(0x2000).plus(-0x1000));
    assertThrows(IllegalArgumentException.class, () -> new HostAddress(-4096).plus(4096));
  }
}
