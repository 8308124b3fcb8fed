package dev.aerostat.vmm.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HotPlugPortTest {
  private final List<Boolean> levels = new ArrayList<>();
  private final HotPlugPort port = new HotPlugPort(levels::add);

  @Test
  void theInterruptStaysUntilTheGuestAcknowledges() {
    port.raise();
    assertEquals(0, port.read(0, 1));
    assertEquals(List.of(true), levels, "a guest that is not up yet finds it later");
    assertTrue(port.write(0, 1, 1).isDone());
    assertEquals(List.of(true, false), levels);
  }

  @Test
  void whatIsPluggedAfterTheGuestHasAcknowledgedInterruptsAgain() {
    port.raise();
    var _ = port.write(0, 1, 1);
    port.raise();
    assertEquals(List.of(true, false, true), levels);
  }
}
