package dev.aerostat.vmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * What KVM and the VMM tell each other of a vCPU's run ({@code struct kvm_run} of linux/kvm.h): why
 * it was left, and with which access.
 *
 * <p>Its fields are read and written by the thread that runs the vCPU, but {@link
 * #leaveAtOnce(boolean)} by any.
 */
final class RunArea {
  // Why a run was left (KVM_EXIT_...).
  static final int EXIT_IO = 2;
  static final int EXIT_HALT = 5;
  static final int EXIT_MMIO = 6;
  static final int EXIT_SHUTDOWN = 8;
  static final int EXIT_FAIL_ENTRY = 9;
  static final int EXIT_INTERRUPTED = 10;
  static final int EXIT_INTERNAL_ERROR = 17;
  static final int EXIT_SYSTEM_EVENT = 24;

  // Where the fields are, in bytes.
  static final int IMMEDIATE_EXIT = 1;
  static final int EXIT_REASON = 8;
  static final int IO_DIRECTION = 32;
  static final int IO_SIZE = 33;
  static final int IO_PORT = 34;
  static final int IO_COUNT = 36;
  static final int IO_DATA_OFFSET = 40;
  static final int MMIO_ADDRESS = 32;
  static final int MMIO_DATA = 40;
  static final int MMIO_LENGTH = 48;
  static final int MMIO_IS_WRITE = 52;

  /** Of a failed entry and of an internal error: what KVM has to say of it. */
  static final int DETAIL = 32;

  private static final byte OUT = 1;

  private final MemorySegment area;

  RunArea(MemorySegment area) {
    this.area = area;
  }

  /**
   * Sets whether the next run, or the one that begins now, is to end before it enters the guest.
   */
  void leaveAtOnce(boolean now) {
    area.set(JAVA_BYTE, IMMEDIATE_EXIT, (byte) (now ? 1 : 0));
  }

  int exitReason() {
    return area.get(JAVA_INT, EXIT_REASON);
  }

  long detail() {
    return area.get(JAVA_LONG, DETAIL);
  }

  boolean portIsWritten() {
    return area.get(JAVA_BYTE, IO_DIRECTION) == OUT;
  }

  /** 1, 2 or 4 bytes. */
  int portWidth() {
    return area.get(JAVA_BYTE, IO_SIZE);
  }

  int port() {
    return Short.toUnsignedInt(area.get(JAVA_SHORT, IO_PORT));
  }

  /** How many accesses a string instruction makes; 1 for others. */
  int portCount() {
    return area.get(JAVA_INT, IO_COUNT);
  }

  long portData(int index) {
    return get(portDataAt(index), portWidth());
  }

  void setPortData(int index, long value) {
    set(portDataAt(index), portWidth(), value);
  }

  private long portDataAt(int index) {
    return area.get(JAVA_LONG, IO_DATA_OFFSET) + (long) index * portWidth();
  }

  long address() {
    return area.get(JAVA_LONG, MMIO_ADDRESS);
  }

  boolean memoryIsWritten() {
    return area.get(JAVA_BYTE, MMIO_IS_WRITE) != 0;
  }

  /** 1 to 8 bytes. */
  int memoryWidth() {
    return area.get(JAVA_INT, MMIO_LENGTH);
  }

  long memoryData() {
    return get(MMIO_DATA, memoryWidth());
  }

  void setMemoryData(long value) {
    set(MMIO_DATA, memoryWidth(), value);
  }

  private long get(long at, int width) {
    return switch (width) {
      case 1 -> Byte.toUnsignedLong(area.get(JAVA_BYTE, at));
      case 2 -> Short.toUnsignedLong(area.get(JAVA_SHORT_UNALIGNED, at));
      case 4 -> Integer.toUnsignedLong(area.get(JAVA_INT_UNALIGNED, at));
      default -> area.get(JAVA_LONG_UNALIGNED, at);
    };
  }

  private void set(long at, int width, long value) {
    switch (width) {
      case 1 -> area.set(JAVA_BYTE, at, (byte) value);
      case 2 -> area.set(JAVA_SHORT_UNALIGNED, at, (short) value);
      case 4 -> area.set(JAVA_INT_UNALIGNED, at, (int) value);
      default -> area.set(JAVA_LONG_UNALIGNED, at, value);
    }
  }
}
