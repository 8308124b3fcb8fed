package dev.aerostat.vmm.boot;

import dev.aerostat.api.GuestRange;

/**
 * What a device takes of memory, ports and interrupts: resource descriptors (ACPI 6.5, section
 * 6.4). Each method returns a descriptor as bytes.
 */
final class Resources {
  private static final int END = 0x79;
  private static final int IO_PORTS = 0x47;
  private static final int FIXED_MEMORY = 0x86;
  private static final int DOUBLE_WORD_RANGE = 0x87;
  private static final int WORD_RANGE = 0x88;
  private static final int INTERRUPT = 0x89;
  private static final int QUAD_WORD_RANGE = 0x8a;

  private static final int MEMORY = 0;
  private static final int BUS_NUMBERS = 2;
  private static final int ENDS_ARE_FIXED = 0xc;
  private static final int WRITABLE = 1;
  private static final int CONSUMED = 1;
  private static final int EDGE = 1 << 1;

  private Resources() {}

  static byte[] list(byte[]... descriptors) {
    return Aml.buffer(new Bytes().all(descriptors).u8(END).u8(0).toArray());
  }

  static byte[] ports(int first, int count) {
    return new Bytes().u8(IO_PORTS).u8(1).u16(first).u16(first).u8(1).u8(count).toArray();
  }

  static byte[] memory(long address, long bytes) {
    return new Bytes().u8(FIXED_MEMORY).u16(9).u8(WRITABLE).u32(address).u32(bytes).toArray();
  }

  /** Active high, not shared. */
  static byte[] interrupt(int gsi, boolean edge) {
    int flags = CONSUMED | (edge ? EDGE : 0);
    return new Bytes().u8(INTERRUPT).u16(6).u8(flags).u8(1).u32(gsi).toArray();
  }

  /** Bus 0 alone. */
  static byte[] firstBus() {
    return new Bytes()
        .u8(WORD_RANGE)
        .u16(13)
        .u8(BUS_NUMBERS)
        .u8(ENDS_ARE_FIXED)
        .u8(0)
        .all(new byte[8])
        .u16(1)
        .toArray();
  }

  /** A part of memory that a bridge passes on to its bus. */
  static byte[] passedOn(GuestRange range) {
    boolean small = range.end() <= 1L << Integer.SIZE;
    Bytes head =
        new Bytes()
            .u8(small ? DOUBLE_WORD_RANGE : QUAD_WORD_RANGE)
            .u16(small ? 23 : 43)
            .u8(MEMORY)
            .u8(ENDS_ARE_FIXED)
            .u8(WRITABLE);
    long[] numbers = {0, range.start(), range.end() - 1, 0, range.length()};
    for (long number : numbers) {
      if (small) {
        head.u32(number);
      } else {
        head.u64(number);
      }
    }
    return head.toArray();
  }
}
