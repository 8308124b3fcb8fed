package dev.aerostat.virtio.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The registers of virtio-pci (virtio 1.3, section 4.1.4), offsets written down again. */
final class VirtioPciTest {
  private static final int COMMON = 1;
  private static final int NOTIFY = 2;
  private static final int ISR = 3;
  private static final int DEVICE = 4;
  private static final int WINDOW = 5;
  private static final int UP = 1 | 2 | 8;

  private final ToyDevice toy = new ToyDevice();
  private final Wires wires = new Wires();
  private final VirtioPci pci = new VirtioPci(toy.registers, VirtioDevice.PCI_CLASS_OTHERS, wires);

  /** Where each capability lies, by its virtio type; MSI-X by its id 0x11. */
  private final Map<Integer, Integer> capabilities = new HashMap<>();

  VirtioPciTest() {
    for (int at = (int) config(0x34, 1); at != 0; at = (int) config(at + 1, 1)) {
      int id = (int) config(at, 1);
      capabilities.put(id == 9 ? (int) config(at + 3, 1) : id, at);
    }
  }

  private long config(int offset, int width) {
    return pci.readConfig(offset, width);
  }

  private long structure(int type) {
    return config(capabilities.getOrDefault(type, 0) + 8, 4);
  }

  private long read(int offset, int width) {
    return pci.read(structure(COMMON) + offset, width);
  }

  private void write(int offset, int width, long value) {
    pci.write(structure(COMMON) + offset, width, value);
  }

  private void negotiate() {
    write(0x14, 1, 0);
    write(0x14, 1, 1);
    write(0x14, 1, 3);
    write(0x08, 4, 0);
    write(0x0c, 4, 8);
    write(0x08, 4, 1);
    write(0x0c, 4, 1);
    write(0x14, 1, UP);
  }

  private void enableMsix() {
    for (int vector = 0; vector < 4; vector++) {
      long entry = table() + 16L * vector;
      pci.write(entry, 4, 0xfee00000L);
      pci.write(entry + 4, 4, 1);
      pci.write(entry + 8, 4, 0x40 + vector);
      pci.write(entry + 12, 4, 0);
    }
    pci.writeConfig(msix() + 2, 2, 0x8000);
  }

  private int msix() {
    return capabilities.getOrDefault(0x11, 0);
  }

  private long table() {
    return config(msix() + 4, 4) & ~7;
  }

  private long pending() {
    return pci.read(config(msix() + 8, 4) & ~7, 8);
  }

  @Test
  void theHeaderIsThatOfAModernDevice() {
    checkHeader();
  }

  private void checkHeader() {
    assertEquals(0x1af4, config(0, 2));
    assertEquals(0x1040 + ToyDevice.ID, config(2, 2));
    assertTrue(config(8, 1) >= 1, "revision");
    assertEquals(0x00ff00, config(9, 1) | (config(10, 2) << 8));
    assertEquals(0, config(0x0e, 1), "type 0, one function");
    assertEquals(1, config(0x3d, 1), "INTA");
    assertEquals(0x10, config(6, 2) & 0x10, "capabilities");
  }

  @Test
  void allCapabilitiesAreThereAndLieInTheBar() {
    assertEquals(Set.of(COMMON, NOTIFY, ISR, DEVICE, WINDOW, 0x11), capabilities.keySet());
    for (int type : new int[] {COMMON, NOTIFY, ISR, DEVICE}) {
      int at = capabilities.getOrDefault(type, 0);
      assertEquals(0, at % 4);
      assertTrue(structure(type) + config(at + 12, 4) <= VirtioPci.BAR_BYTES);
    }
    assertEquals(8, config(capabilities.getOrDefault(DEVICE, 0) + 12, 4));
    assertEquals(
        3, config(msix() + 2, 2), "four vectors: three queue indexes and the config space");
  }

  @Test
  void theBarTellsItsSizeAndGoesWhereItIsPut() {
    pci.writeConfig(0x10, 4, 0xffff_ffffL);
    assertEquals(VirtioPci.BAR_BYTES, -(int) config(0x10, 4));
    pci.writeConfig(0x10, 4, 0xfebf_8000L);
    assertEquals(OptionalLong.empty(), pci.barAddress());
    pci.writeConfig(4, 2, 2);
    assertEquals(OptionalLong.of(0xfebf_8000L), pci.barAddress());
    for (int bar = 0x14; bar < 0x28; bar += 4) {
      pci.writeConfig(bar, 4, 0xffff_ffffL);
      assertEquals(0, config(bar, 4));
    }
  }

  @Test
  void whatIsReadOnlyStays() {
    for (int offset = 0; offset < 256; offset += 4) {
      pci.writeConfig(offset, 4, 0xffff_ffffL);
    }
    checkHeader();
  }

  @Test
  void aDriverIsBroughtUp() {
    assertEquals(3, read(0x12, 2));
    negotiate();
    assertEquals(UP, read(0x14, 1));
    write(0x16, 2, 2);
    assertEquals(ToyDevice.MAX_SIZE, read(0x18, 2));
    assertEquals(0, read(0x1c, 2));
    write(0x18, 2, 64);
    write(0x20, 4, 0x1000);
    write(0x24, 4, 0);
    write(0x28, 8, 0x2000);
    write(0x30, 4, 0x3000);
    assertEquals(64, read(0x18, 2));
    assertEquals(0x2000, read(0x28, 8));
    assertEquals(0x1000, read(0x20, 4));
    write(0x1c, 2, 1);
    assertEquals(1, read(0x1c, 2));
    assertEquals(
        new QueueLayout(64, 0x1000, 0x2000, 0x3000), toy.registers.queueLayout(2).orElseThrow());
    write(0x1c, 2, 0);
    assertEquals(1, read(0x1c, 2), "a driver must not disable a queue so");
  }

  @Test
  void aResetReadsAsZeroOnlyOnceItHasTakenEffect() {
    negotiate();
    write(0x14, 1, 0);
    assertNotEquals(0, read(0x14, 1));
    toy.completeReset();
    assertEquals(0, read(0x14, 1));
    assertEquals(0, read(0x0c, 4));
  }

  @Test
  void theDoorbellOfEachQueueRings() {
    int at = capabilities.getOrDefault(NOTIFY, 0);
    write(0x16, 2, 2);
    long doorbell = structure(NOTIFY) + read(0x1e, 2) * config(at + 16, 4);
    assertTrue(read(0x1e, 2) * config(at + 16, 4) + 2 <= config(at + 12, 4));
    int before = toy.wakes.get();
    pci.write(doorbell, 2, 2);
    assertEquals(before + 1, toy.wakes.get());
  }

  @Test
  void thePinIsHighUntilTheIsrIsRead() {
    pci.interruptQueue(0);
    pci.interruptConfig();
    assertTrue(wires.high());
    assertEquals(8, config(6, 2) & 8, "interrupt status");
    assertEquals(3, pci.read(structure(ISR), 1));
    assertFalse(wires.high());
    assertEquals(0, config(6, 2) & 8);
    assertEquals(0, pci.read(structure(ISR), 1));
  }

  @Test
  void aDisabledPinIsLowAndComesBack() {
    pci.writeConfig(4, 2, 0x400);
    pci.interruptQueue(0);
    assertEquals(List.of(), wires.levels);
    pci.writeConfig(4, 2, 0);
    assertTrue(wires.high());
  }

  @Test
  void anEventIsSentAsTheMessageOfItsVector() {
    enableMsix();
    write(0x10, 2, 0);
    write(0x16, 2, 2);
    write(0x1a, 2, 3);
    pci.interruptQueue(2);
    pci.interruptConfig();
    pci.interruptQueue(0);
    assertEquals(
        List.of(new Wires.Message(0x1_fee00000L, 0x43), new Wires.Message(0x1_fee00000L, 0x40)),
        wires.messages);
    assertEquals(List.of(), wires.levels);
  }

  @Test
  void aVectorThatIsNotThereReadsBackAsNone() {
    write(0x10, 2, 4);
    assertEquals(0xffff, read(0x10, 2));
    write(0x1a, 2, 0x1234);
    assertEquals(0xffff, read(0x1a, 2));
    write(0x1a, 2, 3);
    assertEquals(3, read(0x1a, 2));
  }

  @Test
  void aMaskedVectorIsPendingAndSentOnceWhenItIsUnmasked() {
    enableMsix();
    write(0x10, 2, 1);
    pci.write(table() + 16 + 12, 4, 1);
    pci.interruptConfig();
    pci.interruptConfig();
    assertEquals(2, pending());
    assertEquals(List.of(), wires.messages);
    pci.write(table() + 16 + 12, 4, 0);
    assertEquals(List.of(new Wires.Message(0x1_fee00000L, 0x41)), wires.messages);
    assertEquals(0, pending());
  }

  @Test
  void aMaskOfTheFunctionHoldsAllVectors() {
    enableMsix();
    write(0x10, 2, 1);
    pci.writeConfig(msix() + 2, 2, 0xc000);
    pci.interruptConfig();
    assertEquals(2, pending());
    pci.writeConfig(msix() + 2, 2, 0x8000);
    assertEquals(1, wires.messages.size());
  }

  @Test
  void aResetOfTheMachineThatIsHeldRaisesNoLine() {
    negotiate();
    enableMsix();
    pci.interruptConfig();
    assertFalse(pci.reset().isDone());
    assertEquals(List.of(), wires.levels, "MSI-X is off, and its old event came by the pin");
  }

  @Test
  void theWindowOfTheConfigurationSpaceReachesTheBar() {
    int window = capabilities.getOrDefault(WINDOW, 0);
    pci.writeConfig(window + 4, 1, 0);
    pci.writeConfig(window + 8, 4, structure(DEVICE) + 4);
    pci.writeConfig(window + 12, 4, 2);
    pci.writeConfig(window + 16, 2, 0xbeef);
    assertEquals(0xbeef, pci.read(structure(DEVICE) + 4, 2));
    assertEquals(0xbeef, config(window + 16, 4));
    pci.writeConfig(window + 12, 4, 3);
    pci.writeConfig(window + 16, 2, 0x1234);
    assertEquals(0xbeef, pci.read(structure(DEVICE) + 4, 2));
  }

  @Test
  void aResetOfTheMachineForgetsThePciRegistersToo() {
    enableMsix();
    pci.writeConfig(0x10, 4, 0xfebf_8000L);
    pci.writeConfig(4, 2, 6);
    assertTrue(pci.reset().isDone());
    assertEquals(0, config(0x10, 4));
    assertEquals(OptionalLong.empty(), pci.barAddress());
    assertEquals(3, config(msix() + 2, 2));
    assertEquals(1, pci.read(table() + 12, 4), "masked");
    pci.interruptQueue(0);
    assertTrue(wires.high());
  }

  @Test
  void aClassCodeOfMoreThan24BitsIsRefused() {
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> new VirtioPci(toy.registers, 0x100_0000, wires));
    assertTrue(String.valueOf(refusal.getMessage()).contains("0x1000000"), refusal::getMessage);
  }
}
