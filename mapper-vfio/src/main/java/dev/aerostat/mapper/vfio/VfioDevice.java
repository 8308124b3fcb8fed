package dev.aerostat.mapper.vfio;

import static dev.aerostat.mapper.vfio.VfioLayouts.DEVICE_INFO;
import static dev.aerostat.mapper.vfio.VfioLayouts.IRQ_SET;
import static dev.aerostat.mapper.vfio.VfioLayouts.REGION_INFO;
import static dev.aerostat.mapper.vfio.backend.Uapi.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.DeviceMemory;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A device in this process's hands.
 *
 * <p>Safe for use by several threads, as far as the device itself is. Usable until its mapper is
 * closed: from then on every method that asks the device throws {@link IllegalStateException}. A
 * mapper that is being closed waits for calls under way.
 */
public final class VfioDevice {
  private static final int CONFIG_SPACE_BYTES = 4096;

  private final SystemCalls calls;
  private final Descriptor file;
  private final PciAddress address;

  /** Of those that keep a copy of a register. */
  private final List<Runnable> resetListeners = new CopyOnWriteArrayList<>();

  VfioDevice(SystemCalls calls, Descriptor file, PciAddress address) {
    this.calls = calls;
    this.file = file;
    this.address = address;
  }

  /** Has a listener called on the thread of each {@link #reset()}, once the device was reset. */
  void onReset(Runnable listener) {
    resetListeners.add(listener);
  }

  /**
   * Returns where the device sits.
   *
   * @return its address
   */
  public PciAddress address() {
    return address;
  }

  /**
   * Describes a region (VFIO_DEVICE_GET_REGION_INFO).
   *
   * @param index 0 to 7, or higher for a device with regions of its own
   * @return the region; of 0 bytes if the device lacks it
   * @throws IOException if the device knows no such index
   * @throws IllegalStateException if the mapper is closed
   */
  public VfioRegion region(int index) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(REGION_INFO);
      info.set(JAVA_INT, offset(REGION_INFO, "argsz"), (int) info.byteSize());
      info.set(JAVA_INT, offset(REGION_INFO, "index"), index);
      long _ =
          check("describe region " + index, file.ioctl(VfioConstants.DEVICE_GET_REGION_INFO, info));
      int flags = info.get(JAVA_INT, offset(REGION_INFO, "flags"));
      return new VfioRegion(
          index,
          info.get(JAVA_LONG, offset(REGION_INFO, "size")),
          info.get(JAVA_LONG, offset(REGION_INFO, "offset")),
          (flags & VfioConstants.REGION_FLAG_READ) != 0,
          (flags & VfioConstants.REGION_FLAG_WRITE) != 0,
          (flags & VfioConstants.REGION_FLAG_MMAP) != 0);
    }
  }

  /**
   * Maps a region into memory, so that its registers can be read and written in place.
   *
   * @param region one with {@link VfioRegion#mappable()}
   * @param arena for as long as it lives the registers can be reached; end it before the mapper is
   *     closed
   * @return the registers
   * @throws IOException if the kernel refuses
   * @throws IllegalStateException if the mapper is closed
   */
  public MemorySegment map(VfioRegion region, Arena arena) throws IOException {
    return DeviceMemory.map(calls, file, region.offset(), region.bytes(), arena)
        .orElseThrow(() -> new IOException("device %s: cannot map %s".formatted(address, region)));
  }

  /**
   * Reads from the config space.
   *
   * @param register offset in bytes, 0 to 4095
   * @param bytes 1, 2 or 4
   * @return the value, zero-extended
   * @throws IOException if the kernel refuses
   * @throws IllegalArgumentException if register or size are outside their range
   * @throws IllegalStateException if the mapper is closed
   */
  public long readConfig(int register, int bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_LONG);
      String what = "read config register 0x%x".formatted(register);
      checkWhole(what, bytes, file.pread(part(value, register, bytes), configAt(register)));
      return value.get(JAVA_LONG, 0);
    }
  }

  /**
   * Writes to the config space. The kernel keeps registers that could harm the host to itself.
   *
   * @param register offset in bytes, 0 to 4095
   * @param bytes 1, 2 or 4
   * @param newValue the value; higher bytes are ignored
   * @throws IOException if the kernel refuses
   * @throws IllegalArgumentException if register or size are outside their range
   * @throws IllegalStateException if the mapper is closed
   */
  public void writeConfig(int register, int bytes, long newValue) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(JAVA_LONG, newValue);
      String what = "write config register 0x%x".formatted(register);
      checkWhole(what, bytes, file.pwrite(part(value, register, bytes), configAt(register)));
    }
  }

  /** Little-endian both: PCI's config space and the machines that VFIO's type1 runs on. */
  private static MemorySegment part(MemorySegment value, int register, int bytes) {
    boolean size = bytes == 1 || bytes == 2 || bytes == 4;
    if (!size || register < 0 || register > CONFIG_SPACE_BYTES - bytes) {
      throw new IllegalArgumentException(
          "config register 0x%x of %d bytes: expected 1, 2 or 4 bytes within 4096"
              .formatted(register, bytes));
    }
    return value.asSlice(0, bytes);
  }

  private long configAt(int register) throws IOException {
    return region(VfioConstants.PCI_CONFIG_REGION).offset() + register;
  }

  /**
   * Returns whether {@link #reset()} can work.
   *
   * @return true if the device knows a way to be reset alone
   * @throws IOException if the kernel refuses to say
   * @throws IllegalStateException if the mapper is closed
   */
  public boolean resettable() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(DEVICE_INFO);
      info.set(JAVA_INT, offset(DEVICE_INFO, "argsz"), (int) info.byteSize());
      long _ = check("describe", file.ioctl(VfioConstants.DEVICE_GET_INFO, info));
      return (info.get(JAVA_INT, offset(DEVICE_INFO, "flags")) & VfioConstants.DEVICE_FLAGS_RESET)
          != 0;
    }
  }

  /**
   * Resets the device: all DMA stops, its registers are as after power-on. A {@link BusMasterGate}
   * of it knows: the guest has to ask for bus mastering anew.
   *
   * @throws IOException if it cannot be reset alone
   * @throws IllegalStateException if the mapper is closed
   */
  public void reset() throws IOException {
    long _ = check("reset", file.ioctl(VfioConstants.DEVICE_RESET, 0));
    try {
      resetListeners.forEach(Runnable::run);
    } catch (UncheckedIOException failure) {
      throw new IOException("device %s: lost after its reset".formatted(address), failure);
    }
  }

  /**
   * Watches for the moment when the host wants the device back: it is unbound from vfio-pci, or
   * unplugged. The host waits until this process has closed the device, which it does by closing
   * its mapper, the engine first; until then all goes on as before.
   *
   * @param wanted run on a thread of the watch, at once and again every few seconds for as long as
   *     the host waits (VFIO_PCI_REQ_IRQ_INDEX of linux/vfio.h). It may close engine and mapper;
   *     one that throws ends the watch
   * @return the watch, for the caller to close; of several of one device the latest hears
   * @throws IOException if the kernel refuses
   * @throws IllegalStateException if the mapper is closed
   */
  public RemovalWatch watchRemoval(Runnable wanted) throws IOException {
    int counter = (int) check("make an event counter", SocketCalls.libc().eventCounter());
    var requests = new Descriptor(calls, counter);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(IRQ_SET.byteSize() + Integer.BYTES, Integer.BYTES);
      set.set(JAVA_INT, offset(IRQ_SET, "argsz"), (int) set.byteSize());
      set.set(JAVA_INT, offset(IRQ_SET, "flags"), VfioConstants.IRQ_SET_EVENTFD_TRIGGER);
      set.set(JAVA_INT, offset(IRQ_SET, "index"), VfioConstants.PCI_REQ_IRQ);
      set.set(JAVA_INT, offset(IRQ_SET, "count"), 1);
      set.set(JAVA_INT, IRQ_SET.byteSize(), counter);
      long _ = check("watch removal", file.ioctl(VfioConstants.DEVICE_SET_IRQS, set));
      return new RemovalWatch(requests, address, wanted);
    } catch (IOException | RuntimeException | Error failure) {
      requests.close();
      throw failure;
    }
  }

  private void checkWhole(String what, int bytes, long result) throws IOException {
    if (check(what, result) != bytes) {
      throw new IOException(
          "device %s: cannot %s (%d bytes of %d)".formatted(address, what, result, bytes));
    }
  }

  private long check(String what, long result) throws IOException {
    if (result < 0) {
      throw new IOException(
          "device %s: cannot %s (%s)".formatted(address, what, Errno.name((int) -result)));
    }
    return result;
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
