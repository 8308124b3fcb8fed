package dev.aerostat.vmm.boot;

import static dev.aerostat.vmm.boot.AcpiReader.little;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AcpiTablesTest {
  private static final long GIB = 1L << 30;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment low = arena.allocate(1 << 20, 4096);

  @AfterEach
  void free() {
    arena.close();
  }

  private AcpiReader tables(long memory, int processors, boolean mmio) {
    return tables(memory, processors, mmio, List.of());
  }

  private AcpiReader tables(long memory, int processors, boolean mmio, List<Integer> late) {
    long root = AcpiTables.write(low, new AddressMap(memory), processors, mmio, late);
    assertEquals(0xe0000, root);
    return AcpiReader.read(low);
  }

  private Map<String, Object> devices(long memory, boolean mmio) {
    return devices(tables(memory, 1, mmio));
  }

  private static Map<String, Object> devices(AcpiReader tables) {
    byte[] dsdt = tables.table("DSDT");
    return AmlReader.read(Arrays.copyOfRange(dsdt, 36, dsdt.length));
  }

  private Map<String, Object> device(String name, boolean mmio) {
    return device(name, GIB, mmio);
  }

  private Map<String, Object> device(String name, long memory, boolean mmio) {
    return map(map(devices(memory, mmio), "\\_SB_"), name);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Map<String, Object> from, String name) {
    return (Map<String, Object>) value(from, name);
  }

  /** Returns what must be there. */
  private static Object value(Map<String, Object> from, String name) {
    return Objects.requireNonNull(from.get(name), name);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 255})
  void eachProcessorHasALocalApicOfItsNumber(int processors) {
    ByteBuffer madt = little(tables(GIB, processors, true).table("APIC"));
    assertEquals(0xfee0_0000, madt.getInt(36));
    for (int id = 0; id < processors; id++) {
      int at = 44 + 8 * id;
      assertEquals(0x0800, madt.getShort(at), "a local APIC, of 8 bytes");
      assertEquals(id, Byte.toUnsignedInt(madt.get(at + 2)));
      assertEquals(id, Byte.toUnsignedInt(madt.get(at + 3)));
      assertEquals(1, madt.getInt(at + 4), "enabled");
    }
    int ioApic = 44 + 8 * processors;
    assertEquals(0x0c01, madt.getShort(ioApic), "an I/O APIC, of 12 bytes");
    assertEquals(0xfec0_0000, madt.getInt(ioApic + 4));
    assertEquals(0, madt.getInt(ioApic + 8), "its first interrupt");
    assertEquals(ioApic + 12, madt.capacity());
  }

  @Test
  void theMachineIsOfTheReducedKindAndSaysHowItIsSwitchedOff() {
    ByteBuffer fadt = little(tables(GIB, 1, false).table("FACP"));
    assertEquals(276, fadt.capacity());
    assertEquals(6, fadt.get(8), "revision");
    assertTrue((fadt.getInt(112) & 1 << 20) != 0, "hardware-reduced");
    assertEquals(0, fadt.getShort(109) & 1 << 3, "messages as interrupts are allowed");
    assertEquals(fadt.getInt(40), fadt.getLong(140), "both pointers to the DSDT");
    assertRegister(0xcf9, fadt, 116);
    assertEquals(6, fadt.get(128), "what resets");
    assertRegister(0x600, fadt, 244);
    assertRegister(0x601, fadt, 256);
    assertEquals(List.of(5L, 0L, 0L, 0L), devices(GIB, false).get("_S5_"), "what switches off");
  }

  private static void assertRegister(int port, ByteBuffer fadt, int at) {
    assertEquals(1, fadt.get(at), "a port");
    assertEquals(8, fadt.get(at + 1), "bits");
    assertEquals(port, fadt.getLong(at + 4));
  }

  @Test
  void theSerialPortIsWhereEveryPcHasIt() {
    Map<String, Object> serial = device("COM1", false);
    assertEquals(0x0105_d041L, serial.get("_HID"), "PNP0501");
    assertArrayEquals(
        new byte[] {
          0x47,
          1,
          (byte) 0xf8,
          3,
          (byte) 0xf8,
          3,
          1,
          8, // Ports 0x3f8 to 0x3ff.
          (byte) 0x89,
          6,
          0,
          3,
          1,
          4,
          0,
          0,
          0, // Interrupt 4, on an edge.
          0x79,
          0
        },
        (byte[]) serial.get("_CRS"));
  }

  @Test
  void aDeviceOnVirtioMmioIsThereIfItIsPluggedIn() {
    Map<String, Object> virtio = device("VR00", true);
    assertEquals("LNRO0005", virtio.get("_HID"));
    assertArrayEquals(
        new byte[] {
          (byte) 0x86,
          9,
          0,
          1,
          0,
          0,
          0,
          (byte) 0xd0,
          0,
          0x10,
          0,
          0, // 4 KiB at 0xd0000000.
          (byte) 0x89,
          6,
          0,
          1,
          1,
          5,
          0,
          0,
          0, // Interrupt 5, on a level.
          0x79,
          0
        },
        (byte[]) virtio.get("_CRS"));
    assertFalse(map(devices(GIB, false), "\\_SB_").containsKey("VR00"));
  }

  @Test
  void pciDevicesHaveAnInterruptEachAtThePinsThatAreTheirs() {
    Map<String, Object> pci = device("PCI0", false);
    assertEquals(0x030a_d041L, pci.get("_HID"), "PNP0A03");
    List<?> pins = (List<?>) value(pci, "_PRT");
    assertEquals(31, pins.size());
    assertEquals(List.of(0x1_ffffL, 0L, 0L, 17L), pins.get(0));
    assertEquals(List.of(0x8_ffffL, 0L, 0L, 16L), pins.get(7));
    assertEquals(List.of(0x1f_ffffL, 0L, 0L, 23L), pins.get(30));
  }

  @Test
  void aGuestHearsOfDevicesThatComeLateAndHasAPlaceForEach() {
    Map<String, Object> tree = map(devices(tables(GIB, 1, false, List.of(2, 31))), "\\_SB_");
    assertEquals(0x2_0000L, map(map(tree, "PCI0"), "S02_").get("_ADR"), "device 2, function 0");
    assertEquals(0x1f_0000L, map(map(tree, "PCI0"), "S1F_").get("_ADR"));
    Map<String, Object> events = map(tree, "GED0");
    assertEquals("ACPI0013", events.get("_HID"));
    assertArrayEquals(
        new byte[] {(byte) 0x89, 6, 0, 1, 1, 6, 0, 0, 0, 0x79, 0}, // Interrupt 6, on a level.
        (byte[]) events.get("_CRS"));
    assertEquals(List.of(1L, 0x604L, 1L), events.get("PLUG"), "one port");
    assertEquals(List.of("PLUG", 1L, 8L), events.get("PLGA"), "by bytes, 8 bits");
    assertEquals(
        List.of(0x9L, List.of("store", 1L, "PLGA"), List.of("notify", "PCI0", 0L)),
        events.get("_EVT"),
        "acknowledges first: what comes while it looks is not lost");
  }

  @Test
  void aGuestWithoutLateDevicesHearsOfNone() {
    Map<String, Object> tree = map(devices(GIB, false), "\\_SB_");
    assertFalse(tree.containsKey("GED0"));
    assertFalse(map(tree, "PCI0").keySet().stream().anyMatch(name -> name.startsWith("S")));
  }

  @ParameterizedTest
  @ValueSource(longs = {64L << 20, 3 * GIB, 4 * GIB, 384 * GIB})
  void theWindowsOfPciAreThoseOfTheLayout(long memory) {
    Map<String, Object> pci = device("PCI0", memory, false);
    ByteBuffer resources = little((byte[]) value(pci, "_CRS"));
    assertEquals((byte) 0x88, resources.get(0), "bus numbers");
    assertEquals(0, resources.getInt(8), "from 0 to 0");
    assertEquals(1, resources.getShort(14));
    int small = 16 + 8;
    assertEquals((byte) 0x87, resources.get(small));
    assertEquals(0xe000_0000, resources.getInt(small + 10));
    assertEquals(0xefff_ffff, resources.getInt(small + 14));
    assertEquals(0x1000_0000, resources.getInt(small + 22));
    int large = small + 26;
    GuestRange window = new AddressMap(memory).largePciWindow();
    assertEquals((byte) 0x8a, resources.get(large));
    assertEquals(window.start(), resources.getLong(large + 14));
    assertEquals(window.end() - 1, resources.getLong(large + 22));
    assertEquals(window.length(), resources.getLong(large + 38));
    assertEquals(0x79, resources.get(large + 46));
  }
}
