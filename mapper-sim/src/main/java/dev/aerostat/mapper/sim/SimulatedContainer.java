package dev.aerostat.mapper.sim;

import static dev.aerostat.api.HostOperation.MAP;
import static dev.aerostat.api.HostOperation.UNMAP;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the kernel keeps for one container, and its checks in the kernel's order. A map is made in
 * two steps, as both kernel interfaces do: its place is reserved, then its memory is pinned.
 *
 * <p>Safe for use by any thread; no call takes time.
 */
final class SimulatedContainer {
  private final SimulatedHost host;
  private final ContainerMappings mappings = new ContainerMappings();
  private final Set<IovaRange> beingPinned = new HashSet<>();
  private long peak;
  private boolean closed;

  SimulatedContainer(SimulatedHost host) {
    this.host = host;
  }

  synchronized MapperLimits limits() {
    boolean iommufd = host.rules() == KernelRules.IOMMUFD;
    return new MapperLimits(
        host.pageSizes(),
        iommufd ? MapperLimits.UNLIMITED : host.dmaEntryLimit() - mappings.count(),
        host.iovaRanges(),
        iommufd);
  }

  synchronized long live() {
    return mappings.count() - beingPinned.size();
  }

  synchronized long peak() {
    return peak;
  }

  synchronized long mappedBytes() {
    long pinning = beingPinned.stream().mapToLong(IovaRange::length).sum();
    return Pages.toBytes(mappings.pages()) - pinning;
  }

  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the simulated mapper is closed");
    }
  }

  synchronized void reserve(IovaRange iova, HostAddress address) throws HostRefusedException {
    requireOpen();
    switch (host.rules()) {
      case TYPE1V2 -> {
        requireAligned(MAP, iova, address.value());
        requireFree(iova);
        requireEntryLeft(iova);
        requireTranslatable(iova);
      }
      case IOMMUFD -> {
        requireAligned(MAP, iova, 0);
        requireTranslatable(iova);
        requireFree(iova);
        requireAligned(MAP, iova, address.value());
      }
    }
    mappings.add(iova);
    beingPinned.add(iova);
  }

  /** Ends a map whose memory is pinned; false if the container was closed meanwhile. */
  synchronized boolean commit(IovaRange iova) {
    beingPinned.remove(iova);
    peak = Math.max(peak, live());
    return !closed;
  }

  /** Ends a map whose memory could not be pinned. */
  synchronized void rollBack(IovaRange iova) {
    beingPinned.remove(iova);
    if (!closed) {
      mappings.removeAllIn(iova);
    }
  }

  synchronized Unmapped unmap(IovaRange iova) throws HostRefusedException {
    requireOpen();
    return switch (host.rules()) {
      case TYPE1V2 -> unmapType1(iova);
      case IOMMUFD -> unmapIommufd(iova);
    };
  }

  private Unmapped unmapType1(IovaRange iova) throws HostRefusedException {
    requireAligned(UNMAP, iova, 0);
    Optional<IovaRange> cut = mappings.cutBy(iova);
    if (cut.isPresent()) {
      throw refusal(UNMAP, iova, Errno.EINVAL, new RefusalCause.WouldSplit(cut.get()));
    }
    return Unmapped.all(mappings.removeAllIn(iova));
  }

  private Unmapped unmapIommufd(IovaRange iova) throws HostRefusedException {
    Unmapped unmapped = unmapInOrder(iova);
    if (unmapped.refusal().isEmpty() && unmapped.removed().mappings() == 0) {
      throw refusal(UNMAP, iova, Errno.ENOENT, new RefusalCause.NotMapped());
    }
    return unmapped;
  }

  /**
   * iopt_unmap_iova_range goes from mapping to mapping and stops at the first that is being pinned
   * ("Userspace should not race map/unmap's of the same area") or that it would cut.
   */
  private Unmapped unmapInOrder(IovaRange iova) {
    Optional<IovaRange> cut = mappings.cutBy(iova);
    Optional<IovaRange> pinning =
        beingPinned.stream()
            .filter(iova::overlaps)
            .min(Comparator.comparingLong(IovaRange::start))
            .filter(p -> cut.isEmpty() || p.start() <= cut.get().start());
    if (pinning.isPresent()) {
      var cause = new RefusalCause.Other("a map there is under way");
      return unmapBelow(pinning.get(), iova, Errno.EBUSY, cause);
    }
    return cut.isPresent()
        ? unmapBelow(cut.get(), iova, Errno.ENOENT, new RefusalCause.WouldSplit(cut.get()))
        : Unmapped.all(mappings.removeAllIn(iova));
  }

  private Unmapped unmapBelow(IovaRange obstacle, IovaRange iova, int errno, RefusalCause cause) {
    ContainerMappings.Removed removed =
        iova.start() < obstacle.start()
            ? mappings.removeAllIn(new IovaRange(iova.start(), obstacle.start()))
            : ContainerMappings.Removed.NOTHING;
    State state = removed.mappings() > 0 ? State.PARTIAL : State.UNCHANGED;
    return new Unmapped(removed, Optional.of(refusal(UNMAP, iova, errno, cause, state)));
  }

  /** Under type1 nothing is pinned meanwhile. */
  synchronized Unmapped unmapAll() {
    requireOpen();
    return beingPinned.isEmpty()
        ? Unmapped.all(mappings.clear())
        : unmapInOrder(new IovaRange(0, Pages.ADDRESS_LIMIT));
  }

  /** Closes and returns what was mapped; nothing the second time. */
  synchronized ContainerMappings.Removed close() {
    closed = true;
    beingPinned.forEach(mappings::removeAllIn);
    beingPinned.clear();
    return mappings.clear();
  }

  private void requireAligned(HostOperation operation, IovaRange iova, long address)
      throws HostRefusedException {
    long page = Long.lowestOneBit(host.pageSizes());
    if (((iova.start() | iova.end() | address) & (page - 1)) != 0) {
      throw refusal(operation, iova, Errno.EINVAL, new RefusalCause.Misaligned(page));
    }
  }

  private void requireFree(IovaRange iova) throws HostRefusedException {
    Optional<IovaRange> existing = mappings.firstIn(iova);
    if (existing.isPresent()) {
      throw refusal(MAP, iova, Errno.EEXIST, new RefusalCause.Overlap(existing.get()));
    }
  }

  private void requireEntryLeft(IovaRange iova) throws HostRefusedException {
    long limit = host.dmaEntryLimit();
    if (mappings.count() >= limit) {
      throw refusal(MAP, iova, Errno.ENOSPC, new RefusalCause.EntryLimit(limit));
    }
  }

  private void requireTranslatable(IovaRange iova) throws HostRefusedException {
    if (host.iovaRanges().stream().noneMatch(range -> range.encloses(iova))) {
      throw refusal(MAP, iova, Errno.EINVAL, new RefusalCause.IovaHole(holeIn(iova)));
    }
  }

  /** The lowest addresses that cannot be translated; all, if two ranges touch and it spans both. */
  private IovaRange holeIn(IovaRange iova) {
    long from = iova.start();
    long to = iova.end();
    for (IovaRange range : host.iovaRanges()) {
      if (range.start() <= from) {
        from = Math.max(from, range.end());
      } else {
        to = Math.min(to, range.start());
      }
    }
    return from < to ? new IovaRange(from, to) : iova;
  }

  private static HostRefusedException refusal(
      HostOperation operation, IovaRange iova, int errno, RefusalCause cause) {
    return refusal(operation, iova, errno, cause, State.UNCHANGED);
  }

  private static HostRefusedException refusal(
      HostOperation operation, IovaRange iova, int errno, RefusalCause cause, State state) {
    return new HostRefusedException(operation, iova.start(), iova.length(), errno, cause, state);
  }

  /**
   * How an unmap ended.
   *
   * @param removed what is gone, also if it was refused half-way
   * @param refusal why the rest is still there
   */
  record Unmapped(ContainerMappings.Removed removed, Optional<HostRefusedException> refusal) {
    private static Unmapped all(ContainerMappings.Removed removed) {
      return new Unmapped(removed, Optional.empty());
    }
  }
}
