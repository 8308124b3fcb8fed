package dev.aerostat.mapper.vfio;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.vfio.backend.AddressSpace;
import dev.aerostat.mapper.vfio.iommufd.IommufdSpace;
import dev.aerostat.mapper.vfio.type1.Type1Space;
import dev.aerostat.memory.linux.LinuxHostMemory;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.IntStream;

/**
 * Devices behind a real IOMMU, by VFIO: a type1v2 container, or an I/O address space of iommufd.
 *
 * <p>Safe for use by several threads. With type1 the kernel makes one call after the other: it
 * holds one lock for a whole map, pinning included, so populate first. With iommufd maps pin side
 * by side. A map or an unmap allocates nothing on the heap.
 */
public final class VfioMapper implements DmaMapper {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.mapper.vfio");

  private final AddressSpace space;
  private final VfioBackend backend;
  private final List<VfioDevice> devices;
  private final HostMemory memory;

  /** Held for writing by close alone, so that no call meets a descriptor that is another file's. */
  private final StampedLock use = new StampedLock();

  private boolean closed;

  private VfioMapper(
      HostMemory memory, AddressSpace space, VfioBackend backend, List<VfioDevice> devices) {
    this.memory = memory;
    this.space = space;
    this.backend = backend;
    this.devices = devices;
  }

  /**
   * Attaches devices to one address space: of iommufd if this process may open {@code /dev/iommu}
   * and the file of every device, else of a new type1v2 container.
   *
   * @param devices at least one, each bound to vfio-pci or a variant of it
   * @return an open mapper; the caller closes it
   * @throws HostRefusedException if the kernel refuses
   * @throws IllegalArgumentException if there is no device, or one is missing or not bound to
   *     vfio-pci: the message says what to do
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static VfioMapper open(List<PciAddress> devices) throws HostRefusedException {
    return open(devices, VfioHost.LOCAL.preferred(devices));
  }

  /**
   * Attaches devices to one address space.
   *
   * @param devices as for {@link #open(List)}
   * @param backend by which interface of the kernel
   * @return an open mapper; the caller closes it
   * @throws HostRefusedException if the kernel refuses, or has no such interface
   * @throws IllegalArgumentException as for {@link #open(List)}, or because a device has no file of
   *     its own, which iommufd needs
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static VfioMapper open(List<PciAddress> devices, VfioBackend backend)
      throws HostRefusedException {
    return open(devices, backend, List.of());
  }

  /**
   * Attaches devices to one address space, for memory of which a part consists of files. Linux 6.13
   * and later pin such memory through the file (IOMMU_IOAS_MAP_FILE), whatever becomes of this
   * process's mapping of it; type1, and an older kernel, pin it as any other memory.
   *
   * @param devices as for {@link #open(List)}
   * @param backend by which interface of the kernel
   * @param files disjoint; may be none
   * @return an open mapper; the caller closes it
   * @throws HostRefusedException as for {@link #open(List, VfioBackend)}
   * @throws IllegalArgumentException as for {@link #open(List, VfioBackend)}
   * @throws IllegalStateException as for {@link #open(List, VfioBackend)}
   */
  public static VfioMapper open(
      List<PciAddress> devices, VfioBackend backend, List<FileMemory> files)
      throws HostRefusedException {
    return open(SystemCalls.libc(), VfioHost.LOCAL, devices, backend, files);
  }

  static VfioMapper open(
      SystemCalls calls,
      VfioHost host,
      List<PciAddress> devices,
      VfioBackend backend,
      List<FileMemory> files)
      throws HostRefusedException {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException(
          "a VFIO mapper needs a device: only one with a device has an IOMMU");
    }
    var memory = new LinuxHostMemory();
    List<String> addresses = devices.stream().map(PciAddress::text).toList();
    AddressSpace space =
        switch (backend) {
          case TYPE1 -> Type1Space.open(calls, host, addresses);
          case IOMMUFD ->
              IommufdSpace.open(
                  calls, host, addresses, files.stream().map(FileMemory::mapped).toList());
        };
    List<Descriptor> opened = space.devices();
    List<Descriptor> forKvm = space.kvmFiles();
    return new VfioMapper(
        memory,
        space,
        backend,
        IntStream.range(0, devices.size())
            .mapToObj(i -> new VfioDevice(calls, opened.get(i), forKvm.get(i), devices.get(i)))
            .toList());
  }

  /**
   * Returns the interface of the kernel by which this maps.
   *
   * @return the one that was asked for, or the one that was chosen
   */
  public VfioBackend backend() {
    return backend;
  }

  /**
   * Returns the devices.
   *
   * @return in the order in which they were named; usable until this mapper is closed
   */
  public List<VfioDevice> devices() {
    return devices;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the mapper is closed, or no device is attached any more
   */
  @Override
  public MapperLimits limits() {
    long stamp = enter();
    try {
      return space.limits();
    } finally {
      use.unlockRead(stamp);
    }
  }

  @Override
  public HostMemory hostMemory() {
    return memory;
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    long stamp = enter();
    try {
      int result = space.map(iova.start(), iova.length(), host.value());
      if (result < 0) {
        throw space.mapRefused(-result, iova, host.value());
      }
    } finally {
      use.unlockRead(stamp);
    }
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    long stamp = enter();
    try {
      long result = space.unmap(iova.start(), iova.length());
      if (result < 0) {
        throw space.unmapRefused((int) -result, iova);
      }
      return result;
    } finally {
      use.unlockRead(stamp);
    }
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    long stamp = enter();
    try {
      return space.unmapAll();
    } finally {
      use.unlockRead(stamp);
    }
  }

  private long enter() {
    long stamp = use.readLock();
    if (closed) {
      use.unlockRead(stamp);
      throw new IllegalStateException("the VFIO mapper is closed");
    }
    return stamp;
  }

  /**
   * {@inheritDoc} Waits for calls under way. First the devices interrupt no more, and what is still
   * mapped of their regions is unmapped, with a warning: it would keep a device. Then all memory is
   * unmapped, and last the devices are closed.
   */
  @Override
  public void close() {
    long stamp = use.writeLock();
    try {
      if (!closed) {
        closed = true;
        try {
          devices.forEach(VfioDevice::close);
          long _ = space.unmapAll();
        } catch (HostRefusedException refusal) {
          LOG.log(Level.WARNING, "closing {0}: {1}", this, refusal.getMessage());
        } finally {
          space.close();
        }
      }
    } finally {
      use.unlockWrite(stamp);
    }
  }

  @Override
  public String toString() {
    return "VfioMapper[%s, %s]".formatted(backend(), devices());
  }
}
