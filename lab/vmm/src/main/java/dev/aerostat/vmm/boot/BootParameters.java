package dev.aerostat.vmm.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.aerostat.api.GuestRange;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The page that describes to a kernel what it is booted with ({@code struct boot_params}; Linux,
 * Documentation/arch/x86/zero-page.rst).
 */
final class BootParameters {
  static final int BYTES = 4096;

  private static final int ACPI_ROOT = 0x70;
  private static final int MAP_ENTRIES = 0x1e8;
  private static final int LOADER = 0x210;
  private static final int INITRD_ADDRESS = 0x218;
  private static final int INITRD_SIZE = 0x21c;
  private static final int COMMAND_LINE = 0x228;
  private static final int MAP = 0x2d0;
  private static final int MAP_ENTRY_BYTES = 20;
  private static final byte UNKNOWN_LOADER = (byte) 0xff;
  private static final int RAM = 1;
  private static final int RESERVED = 2;

  private final MemorySegment page;
  private int entries;

  /**
   * Begins with a header.
   *
   * @param page filled with zeros and written to
   * @param header of the kernel
   */
  BootParameters(MemorySegment page, MemorySegment header) {
    this.page = page.fill((byte) 0);
    page.asSlice(LinuxImage.HEADER, header.byteSize()).copyFrom(header);
    page.set(JAVA_BYTE, LOADER, UNKNOWN_LOADER);
  }

  BootParameters initramfs(long address, long bytes) {
    page.set(JAVA_INT_UNALIGNED, INITRD_ADDRESS, (int) address);
    page.set(JAVA_INT_UNALIGNED, INITRD_SIZE, (int) bytes);
    return this;
  }

  BootParameters commandLine(long address) {
    page.set(JAVA_INT_UNALIGNED, COMMAND_LINE, (int) address);
    return this;
  }

  BootParameters acpi(long address) {
    page.set(JAVA_LONG_UNALIGNED, ACPI_ROOT, address);
    return this;
  }

  /** Describes RAM, and the piece of the first MiB that is not to be used as such. */
  BootParameters memory(List<GuestRange> ram) {
    map(0, AddressMap.BASE_RAM_END, RAM);
    map(AddressMap.BASE_RAM_END, AddressMap.EXTENDED_RAM, RESERVED);
    for (GuestRange range : ram) {
      map(Math.max(range.start(), AddressMap.EXTENDED_RAM), range.end(), RAM);
    }
    return this;
  }

  private void map(long start, long end, int type) {
    long at = MAP + (long) MAP_ENTRY_BYTES * entries++;
    page.set(JAVA_LONG_UNALIGNED, at, start);
    page.set(JAVA_LONG_UNALIGNED, at + Long.BYTES, end - start);
    page.set(JAVA_INT_UNALIGNED, at + 2 * Long.BYTES, type);
    page.set(JAVA_BYTE, MAP_ENTRIES, (byte) entries);
  }
}
