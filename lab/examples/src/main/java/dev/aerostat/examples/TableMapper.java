package dev.aerostat.examples;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Mappings in a table of this process, under one lock, since nothing here takes long.
 *
 * <p>What every mapper asks before it maps: is it open, can it translate the addresses, are they
 * free, is there room, is the memory there. It answers before it changes anything.
 */
final class TableMapper implements DmaMapper {
  private static final long PAGE_SIZES = 0x1000;
  private static final long MOST_MAPPINGS = 1024;
  private static final IovaRange ADDRESSES = new IovaRange(0, 1L << 48);

  private final TreeMap<Long, IovaRange> table = new TreeMap<>();
  private final Map<Long, MemorySegment> memoryAt = new HashMap<>();
  private final RegionMemory memory;
  private boolean closed;

  TableMapper(GuestMemory memory) {
    this.memory = new RegionMemory(memory);
  }

  @Override
  public synchronized MapperLimits limits() {
    return new MapperLimits(PAGE_SIZES, MOST_MAPPINGS - table.size(), List.of(ADDRESSES), false);
  }

  @Override
  public HostMemory hostMemory() {
    return memory;
  }

  @Override
  public synchronized void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    requireOpen();
    if (!ADDRESSES.encloses(iova)) {
      var hole = new IovaRange(Math.max(iova.start(), ADDRESSES.end()), iova.end());
      throw refusedMap(iova, Errno.EINVAL, new RefusalCause.IovaHole(hole));
    }
    Collection<IovaRange> existing = touching(iova);
    if (!existing.isEmpty()) {
      throw refusedMap(iova, Errno.EEXIST, new RefusalCause.Overlap(existing.iterator().next()));
    }
    if (table.size() == MOST_MAPPINGS) {
      throw refusedMap(iova, Errno.ENOSPC, new RefusalCause.EntryLimit(MOST_MAPPINGS));
    }
    Optional<MemorySegment> mapped = memory.find(host, iova.length());
    if (mapped.isEmpty()) {
      throw refusedMap(iova, Errno.EFAULT, new RefusalCause.BadHostAddress());
    }
    table.put(iova.start(), iova);
    memoryAt.put(iova.start(), mapped.get());
  }

  /** Reads eight bytes as a device would; nothing where nothing is mapped. */
  synchronized OptionalLong read(long iova) {
    var mapping = table.floorEntry(iova);
    if (mapping == null || iova >= mapping.getValue().end()) {
      return OptionalLong.empty();
    }
    return Optional.ofNullable(memoryAt.get(mapping.getKey()))
        .map(memory -> memory.get(ValueLayout.JAVA_LONG, iova - mapping.getKey()))
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  @Override
  public synchronized long unmap(IovaRange iova) throws HostRefusedException {
    requireOpen();
    for (IovaRange mapping : touching(iova)) {
      if (!iova.encloses(mapping)) {
        throw refused(
            HostOperation.UNMAP, iova, Errno.EINVAL, new RefusalCause.WouldSplit(mapping));
      }
    }
    return remove(touching(iova));
  }

  @Override
  public synchronized long unmapAll() {
    requireOpen();
    return remove(table.values());
  }

  @Override
  public synchronized void close() {
    closed = true;
    table.clear();
    memoryAt.clear();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the mapper is closed; open another");
    }
  }

  /** A view of the mappings that share an address with a range. */
  private Collection<IovaRange> touching(IovaRange iova) {
    var before = table.lowerEntry(iova.start());
    boolean reachesIn = before != null && before.getValue().overlaps(iova);
    return table.subMap(reachesIn ? before.getKey() : iova.start(), iova.end()).values();
  }

  private long remove(Collection<IovaRange> mappings) {
    long bytes = mappings.stream().mapToLong(IovaRange::length).sum();
    mappings.forEach(mapping -> memoryAt.remove(mapping.start()));
    mappings.clear();
    return bytes;
  }

  private static HostRefusedException refusedMap(IovaRange iova, int errno, RefusalCause cause) {
    return refused(HostOperation.MAP, iova, errno, cause);
  }

  private static HostRefusedException refused(
      HostOperation operation, IovaRange iova, int errno, RefusalCause cause) {
    return new HostRefusedException(
        operation, iova.start(), iova.length(), errno, cause, HostRefusedException.State.UNCHANGED);
  }
}
