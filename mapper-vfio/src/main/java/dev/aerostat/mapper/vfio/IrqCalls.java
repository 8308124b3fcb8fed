package dev.aerostat.mapper.vfio;

import static dev.aerostat.mapper.vfio.VfioLayouts.IRQ_INFO;
import static dev.aerostat.mapper.vfio.VfioLayouts.IRQ_SET;
import static dev.aerostat.mapper.vfio.backend.Uapi.offset;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The calls that connect a device's interrupts. They answer as the kernel does. */
record IrqCalls(Descriptor file) {
  /** Returns how many interrupts there are of an index (VFIO_DEVICE_GET_IRQ_INFO). */
  int count(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(IRQ_INFO);
      int result = describe(index, info);
      return result < 0 ? result : info.get(JAVA_INT, offset(IRQ_INFO, "count"));
    }
  }

  /** Fills in what there is of an index. */
  int describe(int index, MemorySegment info) {
    info.set(JAVA_INT, offset(IRQ_INFO, "argsz"), (int) info.byteSize());
    info.set(JAVA_INT, offset(IRQ_INFO, "index"), index);
    return file.ioctl(VfioConstants.DEVICE_GET_IRQ_INFO, info);
  }

  /** Connects event counters, -1 for none (VFIO_IRQ_SET_DATA_EVENTFD). */
  int connect(int action, int index, int start, int... eventfds) {
    try (Arena arena = Arena.ofConfined()) {
      long bytes = IRQ_SET.byteSize() + (long) Integer.BYTES * eventfds.length;
      MemorySegment set = arena.allocate(bytes, Integer.BYTES);
      fill(set, VfioConstants.IRQ_SET_DATA_EVENTFD | action, index, start, eventfds.length);
      MemorySegment.copy(eventfds, 0, set, JAVA_INT, IRQ_SET.byteSize(), eventfds.length);
      return file.ioctl(VfioConstants.DEVICE_SET_IRQS, set);
    }
  }

  /** Does something at once (VFIO_IRQ_SET_DATA_NONE); with 0 as the count it disables the index. */
  int act(int action, int index, int count) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(IRQ_SET);
      fill(set, VfioConstants.IRQ_SET_DATA_NONE | action, index, 0, count);
      return file.ioctl(VfioConstants.DEVICE_SET_IRQS, set);
    }
  }

  /** Passes a request on as it is. */
  int pass(InterruptRequest request) {
    int[] counters = request.counters();
    List<Byte> bools = request.bools();
    try (Arena arena = Arena.ofConfined()) {
      long header = IRQ_SET.byteSize();
      long bytes = header + (long) Integer.BYTES * counters.length + bools.size();
      MemorySegment set = arena.allocate(bytes, Integer.BYTES);
      fill(set, request.flags(), request.index(), request.start(), request.count());
      MemorySegment.copy(counters, 0, set, JAVA_INT, header, counters.length);
      for (int i = 0; i < bools.size(); i++) {
        set.set(JAVA_BYTE, header + i, bools.get(i));
      }
      return file.ioctl(VfioConstants.DEVICE_SET_IRQS, set);
    }
  }

  private static void fill(MemorySegment set, int flags, int index, int start, int count) {
    set.set(JAVA_INT, offset(IRQ_SET, "argsz"), (int) set.byteSize());
    set.set(JAVA_INT, offset(IRQ_SET, "flags"), flags);
    set.set(JAVA_INT, offset(IRQ_SET, "index"), index);
    set.set(JAVA_INT, offset(IRQ_SET, "start"), start);
    set.set(JAVA_INT, offset(IRQ_SET, "count"), count);
  }
}
