package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.vfio.InterruptKind;
import dev.aerostat.mapper.vfio.RegionMapping;
import dev.aerostat.mapper.vfio.VfioBackend;
import dev.aerostat.mapper.vfio.VfioDevice;
import dev.aerostat.mapper.vfio.VfioInterrupts;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A real device interrupts, by its pin and by messages, and is given back afterwards. */
final class InterruptsInGuest {
  private static final int COMMAND = 4;
  private static final int MEMORY_AND_BUS_MASTER = 1 << 1 | 1 << 2;

  private final VfioMapper mapper = open();
  private final VfioDevice device = mapper.devices().getFirst();
  private final VfioInterrupts interrupts = device.interrupts();
  private final EduDevice edu = edu();
  private final EventCounter counter = new EventCounter();
  private final EventCounter other = new EventCounter();

  @AfterEach
  void close() {
    edu.close();
    mapper.close();
    counter.close();
    other.close();
  }

  @Test
  void aPinIsCountedOnceUntilItIsUnmasked() throws IOException {
    assertEquals(1, interrupts.count(InterruptKind.INTX));
    interrupts.enable(InterruptKind.INTX, 1, counter.number());
    edu.raise();
    counter.assertCounts("raised");
    counter.assertQuiet("masked, though still raised");
    interrupts.unmask();
    counter.assertCounts("unmasked while raised");
    edu.acknowledge();
    interrupts.unmask();
    counter.assertQuiet("not raised");
    interrupts.mask();
    edu.raise();
    counter.assertQuiet("masked by hand");
    interrupts.unmask();
    counter.assertCounts("unmasked by hand");
    edu.acknowledge();
  }

  /** KVM_IRQFD's resample counter does so when the guest has acknowledged. */
  @Test
  void aPinIsUnmaskedByACounter() throws IOException {
    interrupts.enable(InterruptKind.INTX, 1, counter.number());
    interrupts.unmaskOn(other.number());
    edu.raise();
    counter.assertCounts("raised");
    other.add();
    counter.assertCounts("unmasked by the counter");
    assertRefused("another one does so", () -> interrupts.unmaskOn(other.number()));
    interrupts.unmaskOn(VfioInterrupts.NONE);
    other.add();
    counter.assertQuiet("the counter is connected no more");
    edu.acknowledge();
  }

  /** A message is a write of the device, so it has to be a bus master. */
  @Test
  void messagesAreCountedThoughTheDescriptorWasClosed() throws IOException {
    device.writeConfig(COMMAND, 2, MEMORY_AND_BUS_MASTER);
    assertEquals(1, interrupts.count(InterruptKind.MSI));
    int duplicate = SystemCalls.libc().duplicate(counter.number());
    interrupts.enable(InterruptKind.MSI, 1, duplicate);
    assertEquals(0, SystemCalls.libc().close(duplicate));
    edu.raise();
    counter.assertCounts("first");
    edu.raise();
    counter.assertCounts("second, without any unmasking");
    interrupts.connect(0, other.number());
    edu.raise();
    other.assertCounts("connected in its place");
    counter.assertQuiet("connected no more");
    interrupts.disable();
    interrupts.enable(InterruptKind.INTX, 1, counter.number());
    edu.raise();
    counter.assertCounts("by its pin again");
    edu.acknowledge();
  }

  @Test
  void theKernelsRefusalsSayWhatToDo() throws IOException {
    assertEquals(0, interrupts.count(InterruptKind.MSIX));
    var mistake =
        assertThrows(
            IllegalArgumentException.class,
            () -> interrupts.enable(InterruptKind.MSIX, 1, counter.number()));
    assertTrue(mistake.toString().contains("has no MSIX"), mistake::toString);
    String expected = "not that of an open event counter";
    for (InterruptKind kind : new InterruptKind[] {InterruptKind.INTX, InterruptKind.MSI}) {
      assertRefused(expected, () -> interrupts.enable(kind, 1, Integer.MAX_VALUE));
      assertRefused(expected, () -> interrupts.enable(kind, 1, anyFile()));
      interrupts.enable(kind, 1, counter.number());
      interrupts.disable();
    }
  }

  /** A file that is no event counter. */
  private int anyFile() {
    return (int) device.lendToKvm(number -> number);
  }

  private static void assertRefused(String expected, Executable call) {
    String refusal = assertThrows(IOException.class, call).toString();
    System.out.println("MESSAGE " + refusal);
    assertTrue(refusal.contains(expected), refusal);
  }

  /** Else the mapping would keep the device: opening it again is refused as busy. */
  @Test
  void aMappingThatIsClosedLateKeepsNoDevice() throws Exception {
    RegionMapping late = device.map(device.region(0));
    edu.close();
    interrupts.enable(InterruptKind.INTX, 1, counter.number());
    mapper.close();
    try (VfioMapper again = open()) {
      assertEquals(1, again.devices().size());
      assertThrows(
          IllegalStateException.class, () -> late.registers().get(ValueLayout.JAVA_INT, 0));
      late.close();
      assertEquals(mapper.backend(), again.backend());
    }
  }

  @Test
  void whatKvmIsLentIsTheGroupsFileOrTheDevices() {
    String directory = mapper.backend() == VfioBackend.TYPE1 ? "/dev/vfio/" : "/dev/vfio/devices/";
    long read =
        device.lendToKvm(
            number -> {
              Path file = real(number);
              assertEquals(Path.of(directory), file.getParent());
              return 1;
            });
    assertEquals(1, read);
  }

  private static Path real(int number) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + number));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private static VfioMapper open() {
    try {
      return VfioMapper.open(GuestDevices.one(), GuestDevices.backend());
    } catch (HostRefusedException refusal) {
      throw new AssertionError(refusal);
    }
  }

  private EduDevice edu() {
    try {
      return new EduDevice(device);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
