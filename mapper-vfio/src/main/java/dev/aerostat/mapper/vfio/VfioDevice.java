package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntToLongFunction;

/**
 * A device in this process's hands.
 *
 * <p>Safe for use by several threads, as far as the device itself is. Usable until its mapper is
 * closed: from then on every method that asks the device throws {@link IllegalStateException}. A
 * mapper that is being closed waits for calls under way.
 */
public final class VfioDevice {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.mapper.vfio");
  private static final int CONFIG_SPACE_BYTES = 4096;
  private static final long UNKNOWN = -1;

  private final SystemCalls calls;
  private final Descriptor file;
  private final Descriptor kvmFile;
  private final PciAddress address;
  private final DeviceCalls device;
  private final VfioInterrupts interrupts;
  private final VfioRelay relay;

  /** What is still mapped of its regions. */
  private final Set<RegionMapping> mappings = new HashSet<>();

  private boolean closing;

  /** Where the config space begins in the device's file. */
  private volatile long configOffset = UNKNOWN;

  /** Of those that keep a copy of a register. */
  private final List<Runnable> resetListeners = new CopyOnWriteArrayList<>();

  VfioDevice(SystemCalls calls, Descriptor file, Descriptor kvmFile, PciAddress address) {
    this.calls = calls;
    this.file = file;
    this.kvmFile = kvmFile;
    this.address = address;
    this.device = new DeviceCalls(address, file);
    this.interrupts = new VfioInterrupts(address, new IrqCalls(file));
    this.relay = new VfioRelay(calls, device);
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
    return device.region(index).region();
  }

  /**
   * Maps a region into memory, so that its registers can be read and written in place.
   *
   * @param region one with {@link VfioRegion#mappable()}
   * @return the registers; the caller closes it, before the mapper
   * @throws IOException if the kernel refuses
   * @throws IllegalArgumentException if the device lacks the region, or it cannot be mapped
   * @throws IllegalStateException if the mapper is closed
   */
  public synchronized RegionMapping map(VfioRegion region) throws IOException {
    if (closing) {
      throw new IllegalStateException("device %s is closed".formatted(address));
    }
    if (region.bytes() <= 0 || !region.mappable()) {
      throw new IllegalArgumentException(
          "device %s: %s: expected a region that is there and can be mapped"
              .formatted(address, region));
    }
    long start =
        device.check(
            "map " + region,
            file.mmap(
                region.bytes(),
                LinuxConstants.PROT_READ | LinuxConstants.PROT_WRITE,
                LinuxConstants.MAP_SHARED,
                region.offset()));
    var mapping =
        new RegionMapping(
            calls,
            "region %d of device %s".formatted(region.index(), address),
            start,
            region.bytes(),
            this::unmapped);
    mappings.add(mapping);
    return mapping;
  }

  private synchronized void unmapped(RegionMapping mapping) {
    mappings.remove(mapping);
  }

  private synchronized List<RegionMapping> stopMapping() {
    closing = true;
    return List.copyOf(mappings);
  }

  /** Ends what would keep the device, or use it: called while its files are still open. */
  void close() {
    end(interrupts::close);
    end(relay::close);
    stopMapping().forEach(RegionMapping::takeAway);
  }

  private void end(Ending ending) {
    try {
      ending.run();
    } catch (IOException | IllegalStateException failure) {
      LOG.log(Level.WARNING, "closing device {0}: {1}", address, failure.getMessage());
    }
  }

  @FunctionalInterface
  private interface Ending {
    void run() throws IOException;
  }

  /**
   * Returns the device's interrupts.
   *
   * @return always the same
   */
  public VfioInterrupts interrupts() {
    return interrupts;
  }

  /**
   * Returns the device's calls as the kernel has them, to be passed on to another process.
   *
   * @return always the same
   */
  public VfioRelay relay() {
    return relay;
  }

  /**
   * Lends the file by which KVM's VFIO device knows this device (KVM_DEV_VFIO_FILE_ADD and
   * KVM_DEV_VFIO_FILE_DEL of linux/kvm.h, which kernels before 6.2 call GROUP): that of its IOMMU
   * group with type1, its own with iommufd. Two devices of one group have the same.
   *
   * <p>KVM holds on to the file: the device is not free for others before KVM was told to let go of
   * it, or its VM was closed.
   *
   * @param call is given the descriptor, which is good until it returns and stays this mapper's: it
   *     closes nothing, keeps nothing, and does not wait, since closing the mapper waits for it
   * @return what it returns
   * @throws IllegalStateException if the mapper is closed
   */
  public long lendToKvm(IntToLongFunction call) {
    int _ = file.number(); // Refuses by the device's name if it is closed, as all methods do.
    return kvmFile.whileOpen(call);
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
      device.checkWhole(what, bytes, file.pread(part(value, register, bytes), configAt(register)));
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
      device.checkWhole(what, bytes, file.pwrite(part(value, register, bytes), configAt(register)));
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
    if (configOffset == UNKNOWN) {
      configOffset = region(VfioConstants.PCI_CONFIG_REGION).offset();
    }
    return configOffset + register;
  }

  /**
   * Returns whether {@link #reset()} can work.
   *
   * @return true if the device knows a way to be reset alone
   * @throws IOException if the kernel refuses to say
   * @throws IllegalStateException if the mapper is closed
   */
  public boolean resettable() throws IOException {
    return (device.info().flags() & VfioConstants.DEVICE_FLAGS_RESET) != 0;
  }

  /**
   * Resets the device: all DMA stops, its registers are as after power-on. A {@link BusMasterGate}
   * of it knows: the guest has to ask for bus mastering anew.
   *
   * @throws IOException if it cannot be reset alone
   * @throws IllegalStateException if the mapper is closed
   */
  public void reset() throws IOException {
    long _ = device.check("reset", file.ioctl(VfioConstants.DEVICE_RESET, 0));
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
    int counter = (int) device.check("make an event counter", SocketCalls.libc().eventCounter());
    var requests = new Descriptor(calls, counter);
    try {
      int result =
          new IrqCalls(file)
              .connect(VfioConstants.IRQ_SET_TRIGGER, VfioConstants.PCI_REQ_IRQ, 0, counter);
      long _ = device.check("watch removal", result);
      return new RemovalWatch(requests, address, wanted);
    } catch (IOException | RuntimeException | Error failure) {
      requests.close();
      throw failure;
    }
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
