package dev.aerostat.mapper.sim;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.CostMeter;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.spi.MapperRequest;
import java.util.function.Predicate;

/**
 * The memory of a simulated VMM process: which pages of it are populated, and how much of it is
 * locked. It knows guest memory and nothing else; no byte of it is touched.
 *
 * <p>Several containers of one process share one memory, as {@link SimulatedMapper} does: a page
 * mapped in two containers is locked twice ({@code locked_vm} in vfio_iommu_type1.c).
 *
 * <p>Safe for use by any thread. Time is spent outside of its lock.
 */
public final class SimulatedHostMemory implements HostMemory {
  private final SimulatedHost host;
  private final GuestMemory guest;
  private final int prefaultThreads;
  private final CostMeter meter;
  private final FaultPlan faults;
  private final PageBitSet backed = new PageBitSet();
  private final PageBitSet populated = new PageBitSet();
  private long lockedBytes;

  /**
   * Creates memory of which nothing is populated.
   *
   * @param host the host's settings
   * @param request whose guest memory it is, how many threads populate it at the same time, and
   *     where time is spent; its options are not looked at
   */
  public SimulatedHostMemory(SimulatedHost host, MapperRequest request) {
    this.host = host;
    this.guest = request.memory();
    this.prefaultThreads = request.prefaultThreads();
    this.meter = request.meter();
    this.faults = new FaultPlan(host.faults());
    guest.regions().stream()
        .map(region -> region.segment())
        .forEach(
            segment ->
                backed.add(page(segment.address()), page(segment.address() + segment.byteSize())));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Costs {@link HostCosts#populate} for the pages that were not populated.
   *
   * @throws IllegalArgumentException if {@code bytes} is not a positive multiple of 4 KiB
   */
  @Override
  public void populate(HostAddress start, long bytes) throws HostRefusedException {
    admit(HostOperation.POPULATE, start, bytes);
    meter.spend(host.costs().populate(touch(start, bytes), prefaultThreads));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Costs {@link HostCosts#discard} for the pages that were populated.
   *
   * @throws IllegalArgumentException if {@code bytes} is not a positive multiple of 4 KiB
   */
  @Override
  public void discard(HostAddress start, long bytes) throws HostRefusedException {
    admit(HostOperation.DISCARD, start, bytes);
    meter.spend(host.costs().discard(drop(start, bytes)));
  }

  /**
   * Returns the amount of memory that is populated.
   *
   * @return bytes, 0 to the size of guest memory
   */
  public synchronized long populatedBytes() {
    return Pages.toBytes(populated.size());
  }

  /**
   * Returns the amount of memory that is locked; a page that is mapped twice counts twice.
   *
   * @return bytes, 0 or more
   */
  public synchronized long lockedBytes() {
    return lockedBytes;
  }

  /**
   * Counts the calls made to this host, refused ones included; an unmap of everything counts as
   * one, a close as none.
   *
   * @param operation whose calls
   * @return 0 or more
   */
  public long calls(HostOperation operation) {
    return faults.calls(operation);
  }

  SimulatedHost host() {
    return host;
  }

  CostMeter meter() {
    return meter;
  }

  /** Counts a call on I/O virtual addresses, which equal guest-physical ones. */
  void admitDma(HostOperation operation, long start, long bytes) throws HostRefusedException {
    faults.admit(
        operation, start, bytes, range -> start < range.end() && range.start() < start + bytes);
  }

  synchronized boolean backs(HostAddress start, long bytes) {
    long first = page(start.value());
    long end = first + Pages.ofBytes(bytes);
    return backed.nextAbsent(first, end) == end;
  }

  /** Populates a range; returns how many pages were not populated before. */
  synchronized long touch(HostAddress start, long bytes) {
    long first = page(start.value());
    return bytes == 0 ? 0 : populated.add(first, first + Pages.ofBytes(bytes));
  }

  private synchronized long drop(HostAddress start, long bytes) {
    long first = page(start.value());
    return populated.remove(first, first + Pages.ofBytes(bytes));
  }

  synchronized long lockableBytes() {
    return host.memlockBytes().isEmpty()
        ? MapperLimits.UNLIMITED
        : Math.max(0, host.memlockBytes().getAsLong() - lockedBytes);
  }

  /** Locks all of {@code bytes}, or nothing; returns how much there would be room for. */
  synchronized long lock(long bytes) {
    long room = host.memlockBytes().orElse(Long.MAX_VALUE) - lockedBytes;
    if (room < bytes) {
      return Math.max(0, Pages.toBytes(Pages.ofBytes(room)));
    }
    lockedBytes += bytes;
    return bytes;
  }

  synchronized RefusalCause lockLimitHitBy(long bytes) {
    return new RefusalCause.MemoryLockLimit(
        host.memlockBytes().orElse(Long.MAX_VALUE), lockedBytes + bytes);
  }

  synchronized void unlock(long bytes) {
    lockedBytes -= bytes;
  }

  private void admit(HostOperation operation, HostAddress start, long bytes)
      throws HostRefusedException {
    if (bytes <= 0 || bytes % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "length %d: expected a positive multiple of %d".formatted(bytes, Pages.SIZE));
    }
    faults.admit(operation, start.value(), bytes, touches(start, bytes));
    if (!backs(start, bytes)) {
      // madvise(2): ENOMEM where addresses in the range are not mapped.
      throw new HostRefusedException(
          operation,
          start.value(),
          bytes,
          Errno.ENOMEM,
          new RefusalCause.BadHostAddress(),
          HostRefusedException.State.UNCHANGED);
    }
  }

  private Predicate<GuestRange> touches(HostAddress start, long bytes) {
    long end = start.value() + bytes;
    return wanted ->
        guest.regions().stream()
            .filter(region -> region.range().overlaps(wanted))
            .anyMatch(
                region -> {
                  long toHost = region.segment().address() - region.range().start();
                  long from = Math.max(wanted.start(), region.range().start()) + toHost;
                  long to = Math.min(wanted.end(), region.range().end()) + toHost;
                  return start.value() < to && from < end;
                });
  }

  private static long page(long address) {
    return address >>> Pages.SHIFT;
  }
}
