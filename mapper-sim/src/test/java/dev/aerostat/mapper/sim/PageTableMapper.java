package dev.aerostat.mapper.sim;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A mapper as a stranger would write it, with a table that a device could be told to read through.
 * It shares no code with the simulated host. Subclasses break single steps of it.
 */
class PageTableMapper implements DmaMapper, HostMemory {
  static final List<IovaRange> ADDRESSES = List.of(new IovaRange(0, 1L << 48));
  private static final long PAGE = 4096;

  /** From the first address of a mapping. */
  final TreeMap<Long, Entry> table = new TreeMap<>();

  private final GuestMemory memory;
  private boolean closed;

  PageTableMapper(GuestMemory memory) {
    this.memory = memory;
  }

  /** A mapping and its memory. */
  record Entry(IovaRange iova, MemorySegment bytes) {}

  @Override
  public synchronized MapperLimits limits() {
    return new MapperLimits(PAGE, MapperLimits.UNLIMITED, ADDRESSES, false);
  }

  @Override
  public HostMemory hostMemory() {
    return this;
  }

  @Override
  public synchronized void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    requireOpen();
    if (!ADDRESSES.getFirst().encloses(iova)) {
      var hole = new IovaRange(Math.max(iova.start(), ADDRESSES.getFirst().end()), iova.end());
      throw refusal(HostOperation.MAP, iova, Errno.EINVAL, new RefusalCause.IovaHole(hole));
    }
    for (Entry entry : touching(iova)) {
      throw refusal(HostOperation.MAP, iova, Errno.EEXIST, new RefusalCause.Overlap(entry.iova()));
    }
    Optional<MemorySegment> bytes = find(host, iova.length());
    if (bytes.isEmpty()) {
      throw refusal(HostOperation.MAP, iova, Errno.EFAULT, new RefusalCause.BadHostAddress());
    }
    enter(iova, bytes.get());
  }

  /** Makes a mapping that nothing speaks against. */
  void enter(IovaRange iova, MemorySegment bytes) {
    table.put(iova.start(), new Entry(iova, bytes));
  }

  @Override
  public synchronized long unmap(IovaRange iova) throws HostRefusedException {
    requireOpen();
    List<Entry> touched = touching(iova);
    for (Entry entry : touched) {
      if (!iova.encloses(entry.iova())) {
        throw refusal(
            HostOperation.UNMAP, iova, Errno.EINVAL, new RefusalCause.WouldSplit(entry.iova()));
      }
    }
    touched.forEach(entry -> table.remove(entry.iova().start()));
    return touched.stream().mapToLong(entry -> entry.iova().length()).sum();
  }

  @Override
  public synchronized long unmapAll() {
    requireOpen();
    long bytes = table.values().stream().mapToLong(entry -> entry.iova().length()).sum();
    table.clear();
    return bytes;
  }

  @Override
  public synchronized void close() {
    closed = true;
    table.clear();
  }

  /** Reads eight bytes, as a device would. */
  synchronized OptionalLong read(long iova) {
    var entry = table.floorEntry(iova);
    return entry == null || iova >= entry.getValue().iova().end()
        ? OptionalLong.empty()
        : OptionalLong.of(
            entry.getValue().bytes().get(ValueLayout.JAVA_LONG, iova - entry.getKey()));
  }

  @Override
  public void populate(HostAddress start, long bytes) throws HostRefusedException {
    MemorySegment found = require(HostOperation.POPULATE, start, bytes);
    for (long offset = 0; offset < bytes; offset += PAGE) {
      found.set(ValueLayout.JAVA_BYTE, offset, found.get(ValueLayout.JAVA_BYTE, offset));
    }
  }

  @Override
  public void discard(HostAddress start, long bytes) throws HostRefusedException {
    MemorySegment _ = require(HostOperation.DISCARD, start, bytes).fill((byte) 0);
  }

  private MemorySegment require(HostOperation operation, HostAddress start, long bytes)
      throws HostRefusedException {
    return find(start, bytes)
        .orElseThrow(
            () ->
                new HostRefusedException(
                    operation,
                    start.value(),
                    bytes,
                    Errno.EFAULT,
                    new RefusalCause.BadHostAddress(),
                    State.UNCHANGED));
  }

  Optional<MemorySegment> find(HostAddress start, long bytes) {
    for (MemoryRegion region : memory.regions()) {
      long offset = start.value() - region.segment().address();
      if (offset >= 0 && bytes <= region.segment().byteSize() - offset) {
        return Optional.of(region.segment().asSlice(offset, bytes));
      }
    }
    return Optional.empty();
  }

  List<Entry> touching(IovaRange iova) {
    List<Entry> touching = new ArrayList<>();
    var before = table.lowerEntry(iova.start());
    if (before != null && before.getValue().iova().overlaps(iova)) {
      touching.add(before.getValue());
    }
    touching.addAll(table.subMap(iova.start(), iova.end()).values());
    return touching;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
  }

  /** What a call is refused with. */
  HostRefusedException refusal(
      HostOperation operation, IovaRange iova, int errno, RefusalCause cause) {
    return new HostRefusedException(
        operation, iova.start(), iova.length(), errno, cause, State.UNCHANGED);
  }
}
