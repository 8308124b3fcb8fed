package dev.aerostat.virtio.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.virtio.VirtioDevice;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A guest may access any offset with any width in any order: nothing throws, and it recovers. */
final class HostileAccessProperties {
  record Access(boolean config, boolean write, long offset, int width, long value) {}

  private final Wires wires = new Wires();
  private final ToyDevice toy = new ToyDevice();

  @Property
  void mmioTakesAnyAccessAndServesTheNextDriver(@ForAll("accesses") List<Access> accesses) {
    var mmio = new VirtioMmio(toy.registers, wires);
    for (Access access : accesses) {
      if (access.write) {
        var _ = mmio.write(access.offset, access.width, access.value);
      } else {
        checkWidth(access.width, mmio.read(access.offset, access.width));
      }
      interrupt(access, mmio::interruptQueue, mmio::interruptConfig);
      assertEquals(mmio.read(0x060, 4) != 0, wires.high(), "the line follows InterruptStatus");
    }
    var _ = mmio.write(0x070, 4, 0);
    toy.completeReset();
    assertEquals(0, mmio.read(0x070, 4));
    var _ = mmio.write(0x024, 4, 1);
    var _ = mmio.write(0x020, 4, 1);
    var _ = mmio.write(0x070, 4, 11);
    assertEquals(11, mmio.read(0x070, 4));
  }

  @Property
  void pciTakesAnyAccessAndServesTheNextDriver(@ForAll("accesses") List<Access> accesses) {
    var pci = new VirtioPci(toy.registers, VirtioDevice.PCI_CLASS_OTHERS, wires);
    for (Access access : accesses) {
      if (access.config && access.write) {
        pci.writeConfig((int) access.offset, access.width, access.value);
      } else if (access.config) {
        checkWidth(access.width, pci.readConfig((int) access.offset, access.width));
      } else if (access.write) {
        pci.write(access.offset, access.width, access.value);
      } else {
        checkWidth(access.width, pci.read(access.offset, access.width));
      }
      interrupt(access, () -> pci.interruptQueue(access.width), pci::interruptConfig);
      assertEquals(0x1af4, pci.readConfig(0, 2));
    }
    pci.write(0x14, 1, 0);
    toy.completeReset();
    assertEquals(0, pci.read(0x14, 1));
    pci.write(0x08, 4, 1);
    pci.write(0x0c, 4, 1);
    pci.write(0x14, 1, 11);
    assertEquals(11, pci.read(0x14, 1));
  }

  private static void interrupt(Access access, Runnable queue, Runnable config) {
    if ((access.value & 7) == 1) {
      queue.run();
    } else if ((access.value & 7) == 2) {
      config.run();
    }
  }

  private static void checkWidth(int width, long value) {
    if (width > 0 && width < Long.BYTES) {
      assertTrue(value >>> (8 * width) == 0, () -> "0x%x in %d bytes".formatted(value, width));
    } else if (width != Long.BYTES) {
      assertEquals(0, value);
    }
  }

  @Provide
  Arbitrary<List<Access>> accesses() {
    Arbitrary<Long> offset =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.longs().between(0, 0x120)),
            Tuple.of(3, Arbitraries.longs().between(0, VirtioPci.BAR_BYTES + 16)),
            Tuple.of(1, Arbitraries.longs()));
    Arbitrary<Integer> width =
        Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.of(1, 2, 4, 8)), Tuple.of(1, Arbitraries.integers()));
    Arbitrary<Long> value =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 16), Arbitraries.longs(), Arbitraries.of(-1L, 0xc000L));
    return Combinators.combine(
            Arbitraries.of(true, false), Arbitraries.of(true, false), offset, width, value)
        .as(Access::new)
        .list()
        .ofMaxSize(200);
  }
}
