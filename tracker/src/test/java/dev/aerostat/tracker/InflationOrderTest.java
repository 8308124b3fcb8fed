package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class InflationOrderTest {
  @Test
  void moreGranulesThanAnArrayHasLinksForAreRefused() {
    var refusal = assertThrows(IllegalArgumentException.class, () -> new InflationOrder(1 << 30));
    assertEquals(
        "an order of 1073741824 granules: expected at most 1073741818; use larger granules",
        refusal.getMessage());
  }
}
