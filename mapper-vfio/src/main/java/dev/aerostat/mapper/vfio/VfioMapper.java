package dev.aerostat.mapper.vfio;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.memory.linux.LinuxHostMemory;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.util.List;
import java.util.concurrent.locks.StampedLock;

/**
 * A VFIO container (type1v2) with one device or several.
 *
 * <p>Safe for use by several threads, but the kernel makes one call after the other: it holds one
 * lock for a whole map, pinning included. So populate first. A map or an unmap allocates nothing on
 * the heap.
 */
public final class VfioMapper implements DmaMapper {
  private final SystemCalls calls;
  private final Container container;
  private final DmaCalls dma;
  private final HostMemory memory = new LinuxHostMemory();
  private final long entryLimit;
  private final boolean unmapsAllAtOnce;

  /** Held for writing by close alone, so that no call meets a descriptor that is another file's. */
  private final StampedLock use = new StampedLock();

  private boolean closed;

  private VfioMapper(SystemCalls calls, Container container, long entryLimit) {
    this.calls = calls;
    this.container = container;
    this.dma = new DmaCalls(calls, container.number());
    this.entryLimit = entryLimit;
    this.unmapsAllAtOnce = container.unmapsAllAtOnce();
  }

  /**
   * Attaches devices to a new container.
   *
   * @param devices at least one, each bound to vfio-pci
   * @return an open mapper; the caller closes it
   * @throws HostRefusedException if the kernel refuses
   * @throws IllegalArgumentException if there is no device, or one is missing or not bound to
   *     vfio-pci: the message says what to do
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static VfioMapper open(List<PciAddress> devices) throws HostRefusedException {
    return open(SystemCalls.libc(), VfioHost.LOCAL, devices);
  }

  static VfioMapper open(SystemCalls calls, VfioHost host, List<PciAddress> devices)
      throws HostRefusedException {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException(
          "a VFIO container needs a device: only one with a device has an IOMMU");
    }
    Container container = Container.open(calls, host, devices);
    try {
      return new VfioMapper(calls, container, entryLimit(calls, container));
    } catch (HostRefusedException | RuntimeException failure) {
      container.close();
      throw failure;
    }
  }

  /** A new container has all of its entries left. */
  private static long entryLimit(SystemCalls calls, Container container)
      throws HostRefusedException {
    return ContainerInfo.read(calls, container.number())
        .orElseThrow(() -> Container.refused(Errno.EINVAL, new RefusalCause.NotAttached()))
        .entriesLeft()
        .orElseThrow(
            () ->
                Container.refused(
                    Errno.EOPNOTSUPP,
                    new RefusalCause.Other(
                        "this kernel does not say how many mappings are left; Linux 5.10 does")));
  }

  /**
   * Gives the devices.
   *
   * @return in the order in which they were named; usable until this mapper is closed
   */
  public List<VfioDevice> devices() {
    return container.devices();
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
      ContainerInfo info =
          ContainerInfo.read(calls, container.number())
              .orElseThrow(() -> new IllegalStateException("no device is attached any more"));
      return new MapperLimits(
          info.pageSizes(), info.entriesLeft().orElse(entryLimit), info.iovaRanges(), false);
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
      int result = dma.map(iova.start(), iova.length(), host.value());
      if (result < 0) {
        throw refused(
            HostOperation.MAP,
            iova,
            -result,
            causes().ofMap(-result, iova, host.value(), MemoryLock.read(calls)));
      }
    } finally {
      use.unlockRead(stamp);
    }
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    long stamp = enter();
    try {
      return unmapped(iova, dma.unmap(iova.start(), iova.length()));
    } finally {
      use.unlockRead(stamp);
    }
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    long stamp = enter();
    try {
      return unmapEverything();
    } finally {
      use.unlockRead(stamp);
    }
  }

  /** Before Linux 5.12: no mapping reaches beyond an IOVA range, so none is cut. */
  private long unmapEverything() throws HostRefusedException {
    if (unmapsAllAtOnce) {
      return unmapped(new IovaRange(0, 1L << 62), dma.unmapAll());
    }
    long bytes = 0;
    for (IovaRange range : causes().info().map(ContainerInfo::iovaRanges).orElse(List.of())) {
      bytes += unmapped(range, dma.unmap(range.start(), range.length()));
    }
    return bytes;
  }

  private long unmapped(IovaRange iova, long result) throws HostRefusedException {
    if (result < 0) {
      int errno = (int) -result;
      throw refused(HostOperation.UNMAP, iova, errno, causes().ofUnmap(errno, iova));
    }
    return result;
  }

  private Type1Causes causes() {
    return new Type1Causes(ContainerInfo.read(calls, container.number()), entryLimit);
  }

  private static HostRefusedException refused(
      HostOperation operation, IovaRange iova, int errno, RefusalCause cause) {
    return new HostRefusedException(
        operation, iova.start(), iova.length(), errno, cause, HostRefusedException.State.UNCHANGED);
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
   * {@inheritDoc} Waits for calls under way. A region of a device that is still mapped keeps the
   * device, but not guest memory: all mappings go first.
   */
  @Override
  public void close() {
    long stamp = use.writeLock();
    try {
      if (!closed) {
        closed = true;
        long _ = unmapEverything();
        container.close();
      }
    } catch (HostRefusedException noDevice) {
      container.close();
    } finally {
      use.unlockWrite(stamp);
    }
  }

  @Override
  public String toString() {
    return "VfioMapper" + devices();
  }
}
