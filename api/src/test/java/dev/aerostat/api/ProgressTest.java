package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ProgressTest {
  @Test
  void aBootIsDoneWhenTheGateIsOpenAllIsMappedAndTheBalloonIsEmpty() {
    assertTrue(new Progress(8192, 8192, 0, 0, true).done());
    assertFalse(new Progress(8192, 8192, 0, 0, false).done());
    assertFalse(new Progress(8192, 4096, 0, 0, true).done());
    assertFalse(new Progress(8192, 8192, 4096, 0, true).done());
  }
}
