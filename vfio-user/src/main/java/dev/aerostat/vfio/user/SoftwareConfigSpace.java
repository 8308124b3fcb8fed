package dev.aerostat.vfio.user;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The config space of a PCI device in software (PCI Local Bus Specification 3.0, section 6.2): what
 * it is, and the few bits that a guest can write. One thread.
 */
final class SoftwareConfigSpace {
  static final int COMMAND = 4;
  static final int BUS_MASTER = 1 << 2;

  /** I/O, memory, bus master, parity, SERR and INTx disable. */
  private static final int COMMAND_BITS = 0x0547;

  private static final int INTERRUPT_LINE = 0x3c;

  private final ByteBuffer bytes;
  private final ByteBuffer writable;
  private final ByteBuffer initial;

  SoftwareConfigSpace(int size) {
    bytes = room(size);
    writable = room(size);
    initial = room(size);
    letWrite(COMMAND, COMMAND_BITS);
    letWrite(INTERRUPT_LINE, 0xff);
  }

  private static ByteBuffer room(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Sets four bytes, now and after each reset. */
  void put(int register, int value) {
    initial.putInt(register, value);
    bytes.putInt(register, value);
  }

  /** Lets a guest write bits of four bytes. */
  void letWrite(int register, int bits) {
    writable.putInt(register, writable.getInt(register) | bits);
  }

  void set(int register, int value) {
    bytes.putInt(register, value);
  }

  int get(int register) {
    return bytes.getInt(register);
  }

  /** Reads bytes that lie within it. */
  void read(int register, MemorySegment into) {
    MemorySegment.copy(
        MemorySegment.ofBuffer(bytes).asSlice(register), 0, into, 0, into.byteSize());
  }

  /** Writes bytes that lie within it, as far as a guest may. */
  void write(int register, MemorySegment from) {
    for (int i = 0; i < from.byteSize(); i++) {
      int mask = writable.get(register + i);
      int kept = bytes.get(register + i) & ~mask;
      bytes.put(register + i, (byte) (kept | (from.get(JAVA_BYTE, i) & mask)));
    }
  }

  void reset() {
    bytes.put(0, initial, 0, initial.capacity());
  }
}
