package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A driver that goes and comes on one connection. */
final class DriverReloadIT extends RealDriver {
  private static final int CYCLES = 30;

  @Test
  void aDriverThatIsRemovedAndLoadedAgainFindsTheSameDeviceReset() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(16))) {
      machine.settle(16);
      ProcessFootprint before = ProcessFootprint.now();
      for (int cycle = 1; cycle <= CYCLES; cycle++) {
        List<String> _ = machine.guest().run("unload");
        List<String> _ = machine.guest().run("load");
        // That it was the end of a driver, and no pause, shows when the next one starts.
        assertEquals(cycle, machine.balloon().resets());
        machine.settle(16);
      }
      assertTrue(
          machine.backend().noMore(), "the memory stayed the same, and so should the device");
      machine.agree(16);
      ProcessFootprint.now().assertNoMoreThan(before);
    }
  }
}
