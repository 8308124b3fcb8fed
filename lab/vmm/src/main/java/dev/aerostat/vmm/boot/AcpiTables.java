package dev.aerostat.vmm.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.aerostat.vmm.bus.PowerPorts;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * As much ACPI as a stock kernel needs (ACPI 6.5, chapter 5): how many processors there are, which
 * devices it does not find by itself, how it is reset and switched off. Of the hardware-reduced
 * kind, which has no registers of a chipset.
 */
public final class AcpiTables {
  private static final String MAKER = "AEROST";
  private static final int HEADER_BYTES = 36;
  private static final int CHECKSUM = 9;
  private static final int ROOT_BYTES = 36;
  private static final int ROOT_V1_BYTES = 20;
  private static final int ROOT_CHECKSUM = 8;
  private static final int ROOT_V2_CHECKSUM = 32;
  private static final int ALIGNMENT = 64;

  private static final long LOCAL_APIC = 0xfee0_0000L;
  private static final long IO_APIC = 0xfec0_0000L;

  // Of the FADT: what the machine is, and where the fields that are not 0 are.
  private static final int FADT_BYTES = 276;
  private static final int NO_VGA_NO_RTC = 1 << 2 | 1 << 5;
  private static final int FLUSHES_CACHES = 1;
  private static final int NO_BUTTONS = 1 << 4 | 1 << 5;
  private static final int HAS_RESET_REGISTER = 1 << 10;
  private static final int HARDWARE_REDUCED = 1 << 20;

  private final MemorySegment low;
  private long next = AddressMap.ACPI_TABLES;

  private AcpiTables(MemorySegment low) {
    this.low = low;
  }

  /**
   * Writes the tables into guest memory.
   *
   * @param low the guest's first region of RAM
   * @param layout where things are
   * @param processors how many, 1 to 255
   * @param mmioDevice whether there is a device on virtio-mmio
   * @param lateDevices PCI devices that may be plugged while the guest runs, by number
   * @return guest-physical address of the root pointer (RSDP)
   */
  public static long write(
      MemorySegment low,
      AddressMap layout,
      int processors,
      boolean mmioDevice,
      List<Integer> lateDevices) {
    var tables = new AcpiTables(low);
    long root = tables.take(ROOT_BYTES);
    long dsdt = tables.add("DSDT", 2, DeviceTree.of(layout, mmioDevice, lateDevices));
    long fadt = tables.add("FACP", 6, fadt(dsdt));
    long madt = tables.add("APIC", 5, madt(processors));
    long xsdt = tables.add("XSDT", 1, new Bytes().u64(fadt).u64(madt).toArray());
    tables.put(root, rootPointer(xsdt));
    return root;
  }

  private long take(int bytes) {
    long address = next;
    next = (next + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return address;
  }

  private void put(long address, byte[] bytes) {
    MemorySegment.copy(bytes, 0, low, JAVA_BYTE, address, bytes.length);
  }

  /** Adds a table: a header, which every table has, and what is its own. */
  private long add(String signature, int revision, byte[] body) {
    byte[] table =
        new Bytes()
            .text(signature)
            .u32(HEADER_BYTES + body.length)
            .u8(revision)
            .u8(0)
            .text(MAKER)
            .text("AEROSTAT")
            .u32(1)
            .text("AERO")
            .u32(1)
            .all(body)
            .toArray();
    table[CHECKSUM] = checksum(table, table.length);
    long address = take(table.length);
    put(address, table);
    return address;
  }

  private static byte[] rootPointer(long xsdt) {
    byte[] root =
        new Bytes()
            .text("RSD PTR ")
            .u8(0)
            .text(MAKER)
            .u8(2)
            .u32(0)
            .u32(ROOT_BYTES)
            .u64(xsdt)
            .upTo(ROOT_BYTES)
            .toArray();
    root[ROOT_CHECKSUM] = checksum(root, ROOT_V1_BYTES);
    root[ROOT_V2_CHECKSUM] = checksum(root, ROOT_BYTES);
    return root;
  }

  /** Makes the sum of the first bytes 0. */
  private static byte checksum(byte[] bytes, int count) {
    byte sum = 0;
    for (int i = 0; i < count; i++) {
      sum += bytes[i];
    }
    return (byte) -sum;
  }

  private static byte[] fadt(long dsdt) {
    return new Bytes()
        .upTo(40 - HEADER_BYTES)
        .u32(dsdt)
        .upTo(109 - HEADER_BYTES)
        .u16(NO_VGA_NO_RTC)
        .upTo(112 - HEADER_BYTES)
        .u32(FLUSHES_CACHES | NO_BUTTONS | HAS_RESET_REGISTER | HARDWARE_REDUCED)
        .all(port(PowerPorts.RESET_PORT))
        .u8(PowerPorts.RESET_VALUE)
        .upTo(131 - HEADER_BYTES)
        .u8(5)
        .upTo(140 - HEADER_BYTES)
        .u64(dsdt)
        .upTo(244 - HEADER_BYTES)
        .all(port(PowerPorts.SLEEP_PORT), port(PowerPorts.SLEEP_PORT + 1))
        .text("AEROSTAT")
        .upTo(FADT_BYTES - HEADER_BYTES)
        .toArray();
  }

  /** A generic address: a byte-wide register among the ports. */
  private static byte[] port(int number) {
    return new Bytes().u8(1).u8(Byte.SIZE).u8(0).u8(1).u64(number).toArray();
  }

  /** Local APICs, which are enabled, and the I/O APIC. */
  private static byte[] madt(int processors) {
    Bytes madt = new Bytes().u32(LOCAL_APIC).u32(0);
    for (int id = 0; id < processors; id++) {
      madt.u8(0).u8(8).u8(id).u8(id).u32(1);
    }
    return madt.u8(1).u8(12).u8(0).u8(0).u32(IO_APIC).u32(0).toArray();
  }
}
