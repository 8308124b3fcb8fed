package dev.aerostat.mapper.spi;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Remembers what is mapped and refuses what it is told to. */
final class FakeMapper implements DmaMapper, HostMemory {
  static final MapperLimits LIMITS =
      new MapperLimits(0x1000, 10, List.of(new IovaRange(0, 1L << 30)), true);

  private final String name;
  private final MapperLimits limits;
  private final Set<HostOperation> refused = EnumSet.noneOf(HostOperation.class);
  final Map<IovaRange, HostAddress> mappings = new LinkedHashMap<>();
  final List<IovaRange> unmapped = new ArrayList<>();
  int closed;

  /** Thrown by what was told to, after it has done its work: the host has, the plugin breaks. */
  @Nullable Throwable broken;

  boolean mapBreaks;
  boolean unmapBreaks;
  boolean closeBreaks;

  /** What is not mapped cannot be unmapped, as by iommufd. */
  boolean mindsNothing;

  /** What a refusal leaves behind; the map happens all the same unless nothing is changed. */
  HostRefusedException.State refusalState = HostRefusedException.State.UNCHANGED;

  FakeMapper(String name) {
    this(name, LIMITS);
  }

  FakeMapper(String name, MapperLimits limits) {
    this.name = name;
    this.limits = limits;
  }

  void refuse(HostOperation operation) {
    refused.add(operation);
  }

  @Override
  public MapperLimits limits() {
    return limits;
  }

  @Override
  public HostMemory hostMemory() {
    return this;
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    if (refusalState != HostRefusedException.State.UNCHANGED) {
      mappings.put(iova, host);
    }
    require(HostOperation.MAP, iova.start(), iova.length());
    mappings.put(iova, host);
    breakIf(mapBreaks);
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    require(HostOperation.UNMAP, iova.start(), iova.length());
    unmapped.add(iova);
    if (mindsNothing && !mappings.containsKey(iova)) {
      throw new HostRefusedException(
          HostOperation.UNMAP,
          iova.start(),
          iova.length(),
          Errno.ENOENT,
          new RefusalCause.NotMapped(),
          HostRefusedException.State.UNCHANGED);
    }
    long bytes = mappings.remove(iova) == null ? 0 : iova.length();
    breakIf(unmapBreaks);
    return bytes;
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    require(HostOperation.UNMAP, 0, 0);
    long bytes = mappings.keySet().stream().mapToLong(IovaRange::length).sum();
    mappings.clear();
    return bytes;
  }

  @Override
  public void populate(HostAddress start, long bytes) throws HostRefusedException {
    require(HostOperation.POPULATE, start.value(), bytes);
  }

  @Override
  public void discard(HostAddress start, long bytes) throws HostRefusedException {
    require(HostOperation.DISCARD, start.value(), bytes);
  }

  @Override
  public void close() {
    closed++;
    breakIf(closeBreaks);
  }

  @Override
  public String toString() {
    return name;
  }

  private void require(HostOperation operation, long start, long bytes)
      throws HostRefusedException {
    if (refused.contains(operation)) {
      throw new HostRefusedException(
          operation,
          start,
          bytes,
          Errno.EBUSY,
          new RefusalCause.Other(name + " was told to refuse"),
          refusalState);
    }
  }

  private void breakIf(boolean now) {
    Throwable thrown = broken;
    if (now && thrown != null) {
      FakeMapper.<RuntimeException>raise(thrown);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> void raise(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
