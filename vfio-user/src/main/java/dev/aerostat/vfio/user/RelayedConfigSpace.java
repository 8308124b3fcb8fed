package dev.aerostat.vfio.user;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.aerostat.mapper.vfio.BusMasterGate;
import dev.aerostat.mapper.vfio.VfioRelay;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The config space of a device of this host, whose command register is the gate's (PCI Local Bus
 * Specification 3.0, section 6.2.2). One thread.
 */
final class RelayedConfigSpace {
  static final int COMMAND = 4;
  private static final int COMMAND_END = 6;
  private static final int BUS_MASTER = 1 << 2;

  private final VfioRelay device;
  private final BusMasterGate gate;

  RelayedConfigSpace(VfioRelay device, BusMasterGate gate) {
    this.device = device;
    this.gate = gate;
  }

  /**
   * Reads what a VMM reads: the bus-master bit as the guest wrote it. To hide the bit would have a
   * driver that changes another bit of the register clear it.
   */
  void read(long offset, MemorySegment into) throws IOException {
    device.read(ServedDevice.CONFIG_REGION, offset, into);
    long from = Math.max(offset, COMMAND);
    long end = Math.min(offset + into.byteSize(), COMMAND_END);
    if (from < end) {
      int command = gate.guestReads();
      for (long at = from; at < end; at++) {
        into.set(JAVA_BYTE, at - offset, (byte) (command >> (Byte.SIZE * (at - COMMAND))));
      }
    }
  }

  /** Writes what a VMM writes; returns whether that sets the bus-master bit, or leaves it set. */
  boolean write(long offset, MemorySegment from) throws IOException {
    long end = offset + from.byteSize();
    if (offset < COMMAND) {
      long bytes = Math.min(end, COMMAND) - offset;
      device.write(ServedDevice.CONFIG_REGION, offset, from.asSlice(0, bytes));
    }
    boolean asks = offset < COMMAND_END && end > COMMAND && writeCommand(offset, from);
    if (end > COMMAND_END) {
      long start = Math.max(offset, COMMAND_END);
      device.write(ServedDevice.CONFIG_REGION, start, from.asSlice(start - offset));
    }
    return asks;
  }

  private boolean writeCommand(long offset, MemorySegment from) {
    int command = gate.guestReads();
    long first = Math.max(offset, COMMAND);
    long end = Math.min(offset + from.byteSize(), COMMAND_END);
    for (long at = first; at < end; at++) {
      int shift = (int) (Byte.SIZE * (at - COMMAND));
      int value = Byte.toUnsignedInt(from.get(JAVA_BYTE, at - offset));
      command = (command & ~(0xff << shift)) | (value << shift);
    }
    gate.guestWrites(command);
    return first == COMMAND && (command & BUS_MASTER) != 0;
  }
}
