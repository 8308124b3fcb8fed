package dev.aerostat.mapper.sim;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.spi.MapperRequest;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One container of a simulated host.
 *
 * <p>It refuses what the kernel refuses and spends what the kernel's work costs: see {@link
 * KernelRules} and {@link HostCosts}. A refused map costs its call; one that reaches RLIMIT_MEMLOCK
 * half-way costs the half, whose pages stay populated.
 *
 * <p>Safe for use by any thread. Under {@link KernelRules#TYPE1V2} one lock is held for a whole map
 * or unmap, its time included; under {@link KernelRules#IOMMUFD} memory is pinned without it.
 */
public final class SimulatedMapper implements DmaMapper {
  private final SimulatedHostMemory memory;
  private final HostCosts costs;
  private final SimulatedContainer container;

  /** {@code vfio_iommu.lock}: held from the first check of a type1 call to its end. */
  private final ReentrantLock iommuLock = new ReentrantLock();

  private final boolean callsSideBySide;

  /**
   * Opens a container.
   *
   * @param memory the process it maps memory of; several containers may share it
   */
  public SimulatedMapper(SimulatedHostMemory memory) {
    this.memory = memory;
    this.costs = memory.host().costs();
    this.container = new SimulatedContainer(memory.host());
    this.callsSideBySide = memory.host().rules() == KernelRules.IOMMUFD;
  }

  /**
   * Opens a container of a process of its own.
   *
   * @param host the host's settings
   * @param request what it is opened for; its options are not looked at
   * @return an open mapper; the caller closes it
   */
  public static SimulatedMapper open(SimulatedHost host, MapperRequest request) {
    return new SimulatedMapper(new SimulatedHostMemory(host, request));
  }

  @Override
  public MapperLimits limits() {
    return container.limits().withLockableBytes(memory.lockableBytes());
  }

  @Override
  public SimulatedHostMemory hostMemory() {
    return memory;
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    long _ =
        kernelCall(
            () -> {
              mapNow(iova, host);
              return iova.length();
            });
  }

  private void mapNow(IovaRange iova, HostAddress host) throws HostRefusedException {
    container.requireOpen();
    try {
      memory.admitDma(HostOperation.MAP, iova.start(), iova.length());
      container.reserve(iova, host);
    } catch (HostRefusedException refusal) {
      memory.meter().spend(costs.map(0, 0));
      throw refusal;
    }
    pinReserved(iova, host);
    if (!container.commit(iova)) {
      memory.unlock(iova.length());
      throw new IllegalStateException("the simulated mapper was closed during a map of " + iova);
    }
  }

  private void pinReserved(IovaRange iova, HostAddress host) throws HostRefusedException {
    try {
      pin(iova, host);
    } catch (HostRefusedException refusal) {
      container.rollBack(iova);
      throw refusal;
    }
  }

  private void pin(IovaRange iova, HostAddress host) throws HostRefusedException {
    if (!memory.backs(host, iova.length())) {
      memory.meter().spend(costs.map(0, 0));
      throw refused(iova, Errno.EFAULT, new RefusalCause.BadHostAddress());
    }
    long lockable = memory.lock(iova.length());
    memory.meter().spend(costs.map(Pages.ofBytes(lockable), memory.touch(host, lockable)));
    if (lockable < iova.length()) {
      throw refused(iova, Errno.ENOMEM, memory.lockLimitHitBy(iova.length()));
    }
  }

  private static HostRefusedException refused(IovaRange iova, int errno, RefusalCause cause) {
    return new HostRefusedException(
        HostOperation.MAP,
        iova.start(),
        iova.length(),
        errno,
        cause,
        HostRefusedException.State.UNCHANGED);
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    return kernelCall(
        () -> {
          container.requireOpen();
          memory.admitDma(HostOperation.UNMAP, iova.start(), iova.length());
          return release(container.unmap(iova));
        });
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    return kernelCall(
        () -> {
          container.requireOpen();
          memory.admitDma(HostOperation.UNMAP, 0, Pages.ADDRESS_LIMIT);
          return release(container.unmapAll());
        });
  }

  private long release(SimulatedContainer.Unmapped unmapped) throws HostRefusedException {
    long bytes = release(unmapped.removed());
    if (unmapped.refusal().isPresent()) {
      throw unmapped.refusal().get();
    }
    return bytes;
  }

  private long release(ContainerMappings.Removed removed) {
    memory.unlock(removed.bytes());
    memory.meter().spend(costs.unmap(removed.mappings(), removed.pages()));
    return removed.bytes();
  }

  private long kernelCall(KernelCall call) throws HostRefusedException {
    if (callsSideBySide) {
      return call.run();
    }
    iommuLock.lock();
    try {
      return call.run();
    } finally {
      iommuLock.unlock();
    }
  }

  /**
   * Returns the number of mappings there are.
   *
   * @return 0 or more; 0 after {@link #close()}
   */
  public long liveMappings() {
    return container.live();
  }

  /**
   * Returns the greatest number of mappings there ever were.
   *
   * @return 0 or more
   */
  public long peakMappings() {
    return container.peak();
  }

  /**
   * Returns the amount of memory that is mapped.
   *
   * @return bytes of I/O virtual addresses; 0 after {@link #close()}
   */
  public long mappedBytes() {
    return container.mappedBytes();
  }

  @Override
  public void close() {
    iommuLock.lock();
    try {
      ContainerMappings.Removed removed = container.close();
      if (removed.mappings() > 0) {
        long _ = release(removed);
      }
    } finally {
      iommuLock.unlock();
    }
  }

  @Override
  public String toString() {
    return "SimulatedMapper[%s, %d mappings]".formatted(memory.host().rules(), liveMappings());
  }

  private interface KernelCall {
    long run() throws HostRefusedException;
  }
}
