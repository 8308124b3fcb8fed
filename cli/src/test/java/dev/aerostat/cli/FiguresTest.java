package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void thousandsAreGrouped() {
    assertEquals("98,304", Figures.count(98_304));
    assertEquals("1 map", Figures.count(1, "map"));
    assertEquals("0 maps", Figures.count(0, "map"));
  }

  @Test
  void aShareThatIsNotNothingNeverReadsAsNothingNorAlmostAllAsAll() {
    assertEquals("0 %", Figures.percent(0, 100));
    assertEquals("100 %", Figures.percent(100, 100));
    assertEquals("under 0.01 %", Figures.percent(1, 1_000_000));
    assertEquals("99.99 %", Figures.percent(999_999, 1_000_000));
    assertEquals("12.5 %", Figures.percent(1, 8));
  }
}
