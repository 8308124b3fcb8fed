package dev.aerostat.vmm.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PowerPortsTest {
  private final List<GuestEnd.Kind> ends = new ArrayList<>();
  private final Bus ports = new Bus();

  PowerPortsTest() {
    new PowerPorts(end -> ends.add(end.kind())).connect(ports);
    new PciBus().connect(ports);
  }

  @Test
  void sleepingInS5SwitchesOffAndTheInstructionNeverCompletes() {
    assertFalse(ports.write(0x600, 1, 5 << 2 | 1 << 5).isDone());
    assertEquals(List.of(GuestEnd.Kind.POWER_OFF), ends);
  }

  @Test
  void anotherSleepIsIgnored() {
    assertTrue(ports.write(0x600, 1, 7 << 2 | 1 << 5).isDone(), "another type");
    assertTrue(ports.write(0x600, 1, 5 << 2).isDone(), "not enabled");
    assertTrue(ports.write(0x601, 1, 0x80).isDone(), "the status register");
    assertEquals(0, ports.read(0x601, 1));
    assertTrue(ends.isEmpty());
  }

  @Test
  void theResetControlRegisterResetsThoughItLiesWithinThePciAddress() {
    assertTrue(ports.write(0xcf9, 1, 2).isDone(), "hard, but not yet");
    assertFalse(ports.write(0xcf9, 1, 6).isDone());
    assertEquals(List.of(GuestEnd.Kind.RESET), ends);
  }

  @Test
  void theKeyboardControllerIsReadyAndResets() {
    assertEquals(0, ports.read(0x64, 1));
    assertTrue(ports.write(0x64, 1, 0xd1).isDone(), "another command");
    assertFalse(ports.write(0x64, 1, 0xfe).isDone());
    assertEquals(List.of(GuestEnd.Kind.RESET), ends);
  }
}
