package dev.aerostat.vmm.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class PciBusTest {
  private final Bus ports = new Bus();
  private final PciBus pci = new PciBus();
  private final List<String> accesses = new ArrayList<>();

  PciBusTest() {
    pci.connect(ports);
  }

  private final class Function implements PciFunction {
    @Override
    public long readConfig(int register, int width) {
      accesses.add("read %x:%d".formatted(register, width));
      return 0x1122_3344_5566_7788L;
    }

    @Override
    public CompletableFuture<Void> writeConfig(int register, int width, long value) {
      accesses.add("write %x:%d=%x".formatted(register, width, value));
      return BusDevice.DONE;
    }
  }

  private void select(int bus, int device, int function, int register) {
    long address = 1L << 31 | bus << 16 | device << 11 | function << 8 | register;
    var _ = ports.write(0xcf8, 4, address);
  }

  @Test
  void aGuestFindsTheHostBridgeAndWhatIsPluggedInAndNothingElse() {
    pci.plug(3, new Function());
    var found = new ArrayList<Integer>();
    for (int device = 0; device < 32; device++) {
      select(0, device, 0, 0);
      if (ports.read(0xcfc, 4) != 0xffff_ffffL) {
        found.add(device);
      }
    }
    assertEquals(List.of(0, 3), found);
    select(0, 0, 0, 8);
    assertEquals(0x0600, ports.read(0xcfe, 2), "class of a host bridge");
  }

  @Test
  void anAccessReachesTheRegisterThatIsSelectedAtItsWidth() {
    pci.plug(3, new Function());
    select(0, 3, 0, 0x10);
    assertEquals(0x5566_7788L, ports.read(0xcfc, 4));
    assertEquals(0x7788, ports.read(0xcfe, 2));
    var _ = ports.write(0xcff, 1, 0xabcd);
    assertEquals(List.of("read 10:4", "read 12:2", "write 13:1=cd"), accesses);
  }

  @Test
  void anotherBusOrFunctionIsEmpty() {
    pci.plug(3, new Function());
    select(1, 3, 0, 0);
    assertEquals(0xffff_ffffL, ports.read(0xcfc, 4));
    select(0, 3, 1, 0);
    assertEquals(0xffff_ffffL, ports.read(0xcfc, 4));
    var _ = ports.write(0xcf8, 4, 3 << 11);
    assertEquals(0xffff_ffffL, ports.read(0xcfc, 4), "not enabled");
    assertTrue(accesses.isEmpty());
  }

  @Test
  void anAccessBeyondTheDoubleWordReachesNobody() {
    pci.plug(3, new Function());
    select(0, 3, 0, 0);
    assertEquals(0xffff, ports.read(0xcff, 2));
    var _ = ports.write(0xcfd, 4, 0);
    assertTrue(accesses.isEmpty());
  }

  @Test
  void theAddressIsReadBackAndBytesOfItAreNoAddress() {
    select(0, 3, 0, 0x3c);
    long address = 0x8000_183cL;
    assertEquals(address, ports.read(0xcf8, 4));
    var _ = ports.write(0xcf8, 1, 0);
    var _ = ports.write(0xcfa, 2, 0);
    assertEquals(address, ports.read(0xcf8, 4));
  }

  @Test
  void aNumberThatIsTakenOrDoesNotExistIsRefused() {
    pci.plug(31, new Function());
    assertThrows(IllegalStateException.class, () -> pci.plug(31, new Function()));
    assertThrows(IllegalArgumentException.class, () -> pci.plug(0, new Function()));
    assertThrows(IllegalArgumentException.class, () -> pci.plug(32, new Function()));
  }

  @Property
  void noAccessThrows(
      @ForAll int address, @ForAll short port, @ForAll long value, @ForAll boolean first) {
    var _ = ports.write(0xcf8, 4, Integer.toUnsignedLong(address));
    int width = first ? 4 : 1;
    long somewhere = 0xcf8L + (port & 7);
    long _ = ports.read(somewhere, width);
    assertTrue(ports.write(somewhere, width, value).isDone());
  }
}
