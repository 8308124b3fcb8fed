package dev.aerostat.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Pages;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class ByteSizeProperties {
  @Property
  void whatIsWrittenExactlyReadsAsTheSame(
      @ForAll @LongRange(max = Pages.ADDRESS_LIMIT) long bytes) {
    assertEquals(bytes, ByteSize.parse(new ByteSize(bytes).exactly()).bytes());
  }

  @Property
  void roundSizesAreWrittenShort(
      @ForAll @IntRange(min = 1, max = 1023) int number, @ForAll @IntRange(max = 3) int unit) {
    String text = number + "KMGT".substring(unit, unit + 1);
    long bytes = (long) number << (10 * (unit + 1));
    if (bytes <= Pages.ADDRESS_LIMIT) {
      assertEquals(text, ByteSize.parse(text).exactly());
      assertEquals(bytes, ByteSize.parse(text + "iB").bytes());
    }
  }

  @Property
  void anyTextIsASizeOrIsNamedInTheMessage(@ForAll String text) {
    try {
      assertTrue(ByteSize.parse(text).bytes() >= 0);
    } catch (IllegalArgumentException refused) {
      assertTrue(refused.toString().contains(": '" + text + "' is "), refused.toString());
    }
  }

  @Example
  void sizesReadAsPowersOf1024() {
    assertEquals(384L << 30, ByteSize.parse("384G").bytes());
    assertEquals(3L << 39, ByteSize.parse("1.5T").bytes());
    assertEquals(512L << 20, ByteSize.parse("512MB").bytes());
    assertEquals(4096, ByteSize.parse("4096").bytes());
    assertEquals(4096, ByteSize.parse("4KiB").bytes());
  }

  @Example
  void whatIsNoSizeIsRefused() {
    for (String text : new String[] {"", "G", "12X", "-1G", "1,5T", "0.3K", "17T", "1e3", "٣G"}) {
      assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text), text);
    }
  }

  @Example
  void peopleReadThreeDigits() {
    assertEquals("384 GiB", new ByteSize(384L << 30).toString());
    assertEquals("1.5 TiB", ByteSize.parse("1.5T").toString());
    assertEquals("377 GiB", new ByteSize(98_828_288L * Pages.SIZE).toString());
    assertEquals("16 TiB", new ByteSize(Pages.ADDRESS_LIMIT).toString());
    assertEquals("100 GiB", ByteSize.parse("100G").toString());
    assertEquals("1 byte", new ByteSize(1).toString());
    assertEquals("0 bytes", new ByteSize(0).toString());
  }
}
