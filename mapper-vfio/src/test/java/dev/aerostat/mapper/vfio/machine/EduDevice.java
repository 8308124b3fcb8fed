package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.mapper.vfio.RegionMapping;
import dev.aerostat.mapper.vfio.VfioDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/** QEMU's teaching device (docs/specs/edu.rst): a buffer, and an engine that copies to and fro. */
final class EduDevice implements AutoCloseable {
  private static final VarHandle REGISTER = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle HALF_REGISTER = ValueLayout.JAVA_INT.varHandle();
  private static final long RAISE = 0x60;
  private static final long ACKNOWLEDGE = 0x64;
  private static final long SOURCE = 0x80;
  private static final long DESTINATION = 0x88;
  private static final long COUNT = 0x90;
  private static final long COMMAND = 0x98;
  private static final long BUFFER = 0x40000;
  private static final long START = 1;
  private static final long TO_MEMORY = 2;
  private static final long POLL_NANOS = 2_000_000;

  private final RegionMapping mapping;
  private final MemorySegment registers;

  EduDevice(VfioDevice device) throws IOException {
    this.mapping = device.map(device.region(0));
    this.registers = mapping.registers();
  }

  /** Asserts the device's interrupt. */
  void raise() {
    HALF_REGISTER.setVolatile(registers, RAISE, 1);
  }

  /** Asserts it no more. */
  void acknowledge() {
    HALF_REGISTER.setVolatile(registers, ACKNOWLEDGE, 1);
  }

  /** Begins to copy from guest memory into the buffer. */
  void read(long address, long bytes) {
    start(address, BUFFER, bytes, START);
  }

  /** Begins to copy from the buffer into guest memory. */
  void write(long address, long bytes) {
    start(BUFFER, address, bytes, START | TO_MEMORY);
  }

  private void start(long source, long destination, long bytes, long command) {
    REGISTER.setVolatile(registers, SOURCE, source);
    REGISTER.setVolatile(registers, DESTINATION, destination);
    REGISTER.setVolatile(registers, COUNT, bytes);
    REGISTER.setVolatile(registers, COMMAND, command);
  }

  void await() {
    while (((long) REGISTER.getVolatile(registers, COMMAND) & START) != 0) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    mapping.close();
  }
}
