package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.ResetPolicy;
import org.junit.jupiter.api.Test;

class CoreSettingsTest {
  @Test
  void aNumberOutOfItsRangeIsNamed() {
    assertEquals("guest minimum pages must be 0 or more, not -1", refusal(-1, 1, 1));
    assertEquals("workers must be 1 or more, not 0", refusal(0, 0, 1));
    assertEquals("slice pages must be 1 or more, not 0", refusal(0, 1, 0));
  }

  private static String refusal(long guestMinimumPages, int workers, long slicePages) {
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () -> settings(guestMinimumPages, workers, slicePages))
            .getMessage());
  }

  private static CoreSettings settings(long guestMinimumPages, int workers, long slicePages) {
    return new CoreSettings(
        true,
        true,
        guestMinimumPages,
        workers,
        false,
        slicePages,
        MapFailurePolicy.HOLD,
        EarlyDmaPolicy.HOLD,
        ResetPolicy.HOLD_STATUS);
  }
}
