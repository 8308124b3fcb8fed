package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestLayoutTest {
  private static final long GIB = 1L << 30;

  @Test
  void upToTwoGibibytesThereIsNoHole() {
    assertEquals(List.of(new GuestRange(0, 2 * GIB)), GuestLayout.q35(2 * GIB));
    assertEquals(List.of(new GuestRange(0, 64L << 20)), GuestLayout.q35(64L << 20));
  }

  @Test
  void whatDoesNotFitBelowLiesFromFourGibibytesUp() {
    assertEquals(
        List.of(new GuestRange(0, 2 * GIB), new GuestRange(4 * GIB, 4 * GIB + (2L << 20))),
        GuestLayout.q35(2 * GIB + (2L << 20)));
  }

  @Test
  void theLargestGuestEndsWherePfnsEnd() {
    assertEquals(Pages.ADDRESS_LIMIT, GuestLayout.q35(GuestLayout.LARGEST).getLast().end());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 62L << 20, (64L << 20) + 4096, 16L << 40})
  void otherSizesAreRefusedByTheirValue(long bytes) {
    var refused = assertThrows(IllegalArgumentException.class, () -> GuestLayout.q35(bytes));
    assertTrue(refused.toString().contains(Long.toString(bytes)), refused::toString);
  }

  @Test
  void aGuestOfFourTebibytesCostsNothingUntilTouched() throws IOException {
    try (var memory = SparseMemory.allocate(GuestLayout.q35(4L << 40))) {
      assertEquals(4L << 40, memory.guestMemory().bytes());
    }
  }

  @Test
  void aScenarioIsCheckedAsAWhole() {
    assertEquals(GIB, scenario(4 * GIB, GIB, 4096, 1, 0).guestMinimumBytes());
    assertThrows(IllegalArgumentException.class, () -> scenario(GIB + 1, 0, 4096, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> scenario(GIB, 2 * GIB, 4096, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> scenario(GIB, 1, 4096, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> scenario(GIB, 0, 8192, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> scenario(GIB, 0, 2L << 20, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> scenario(GIB, 0, 4096, 1, -1));
  }

  private static BootScenario scenario(
      long memory, long resident, long balloonPage, int threads, long driverAfter) {
    return new BootScenario(
        memory,
        resident,
        balloonPage,
        Variant.ASYNC,
        GuestBehaviour.LINUX,
        "sim",
        Map.of(),
        threads,
        driverAfter,
        0);
  }
}
