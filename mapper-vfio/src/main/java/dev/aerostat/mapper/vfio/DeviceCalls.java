package dev.aerostat.mapper.vfio;

import static dev.aerostat.mapper.vfio.VfioLayouts.DEVICE_INFO;
import static dev.aerostat.mapper.vfio.VfioLayouts.IRQ_INFO;
import static dev.aerostat.mapper.vfio.VfioLayouts.REGION_INFO;
import static dev.aerostat.mapper.vfio.backend.Uapi.offset;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The calls that describe a device and reach its registers. What the kernel refuses they throw. */
record DeviceCalls(PciAddress address, Descriptor file) {

  /** What VFIO_DEVICE_GET_INFO answers. */
  record DeviceInfo(int flags, int regions, int interrupts) {}

  DeviceInfo info() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(DEVICE_INFO);
      info.set(JAVA_INT, offset(DEVICE_INFO, "argsz"), (int) info.byteSize());
      long _ = check("describe", file.ioctl(VfioConstants.DEVICE_GET_INFO, info));
      return new DeviceInfo(
          info.get(JAVA_INT, offset(DEVICE_INFO, "flags")),
          info.get(JAVA_INT, offset(DEVICE_INFO, "num_regions")),
          info.get(JAVA_INT, offset(DEVICE_INFO, "num_irqs")));
    }
  }

  /** Asks once more where the first answer is that more follows the structure. */
  RelayedRegion region(int index) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(REGION_INFO);
      ask(index, info);
      long needed = Integer.toUnsignedLong(info.get(JAVA_INT, offset(REGION_INFO, "argsz")));
      if (needed > info.byteSize()) {
        info = arena.allocate(needed, Long.BYTES);
        ask(index, info);
      }
      return new RelayedRegion(
          index,
          info.get(JAVA_INT, offset(REGION_INFO, "flags")),
          info.get(JAVA_LONG, offset(REGION_INFO, "size")),
          info.get(JAVA_LONG, offset(REGION_INFO, "offset")),
          info.get(JAVA_INT, offset(REGION_INFO, "cap_offset")),
          bytesOf(info.asSlice(REGION_INFO.byteSize())));
    }
  }

  private void ask(int index, MemorySegment info) throws IOException {
    info.set(JAVA_INT, offset(REGION_INFO, "argsz"), (int) info.byteSize());
    info.set(JAVA_INT, offset(REGION_INFO, "index"), index);
    int result = file.ioctl(VfioConstants.DEVICE_GET_REGION_INFO, info);
    long _ = check("describe region " + Integer.toUnsignedString(index), result);
  }

  private static List<Byte> bytesOf(MemorySegment memory) {
    var bytes = new ArrayList<Byte>();
    for (long at = 0; at < memory.byteSize(); at++) {
      bytes.add(memory.get(JAVA_BYTE, at));
    }
    return bytes;
  }

  RelayedInterrupt interrupt(int index) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(IRQ_INFO);
      int result = new IrqCalls(file).describe(index, info);
      long _ = check("describe interrupt " + Integer.toUnsignedString(index), result);
      return new RelayedInterrupt(
          index,
          info.get(JAVA_INT, offset(IRQ_INFO, "flags")),
          info.get(JAVA_INT, offset(IRQ_INFO, "count")));
    }
  }

  void checkWhole(String what, long bytes, long result) throws IOException {
    if (check(what, result) != bytes) {
      throw new IOException(
          "device %s: cannot %s (%d bytes of %d)".formatted(address, what, result, bytes));
    }
  }

  long check(String what, long result) throws IOException {
    if (result < 0) {
      throw new IOException(
          "device %s: cannot %s (%s)".formatted(address, what, Errno.name((int) -result)));
    }
    return result;
  }
}
