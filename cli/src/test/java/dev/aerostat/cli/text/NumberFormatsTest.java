package dev.aerostat.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NumberFormatsTest {
  @Test
  void thousandsAreGrouped() {
    assertEquals("98,304", NumberFormats.count(98_304));
    assertEquals("1 map", NumberFormats.count(1, "map"));
    assertEquals("0 maps", NumberFormats.count(0, "map"));
  }

  @Test
  void aShareThatIsNotNothingNeverReadsAsNothingNorAlmostAllAsAll() {
    assertEquals("0 %", NumberFormats.percent(0, 100));
    assertEquals("100 %", NumberFormats.percent(100, 100));
    assertEquals("under 0.01 %", NumberFormats.percent(1, 1_000_000));
    assertEquals("99.99 %", NumberFormats.percent(999_999, 1_000_000));
    assertEquals("12.5 %", NumberFormats.percent(1, 8));
  }
}
