package dev.aerostat.mapper.vfio.type1;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.vfio.backend.AddressRules;
import dev.aerostat.mapper.vfio.backend.AddressSpace;
import dev.aerostat.mapper.vfio.backend.HostFiles;
import dev.aerostat.mapper.vfio.backend.LockedMemory;
import dev.aerostat.mapper.vfio.backend.OpenFiles;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.util.List;
import java.util.Optional;

/** A type1v2 container. A call is done whole, or changes nothing. */
public final class Type1Space implements AddressSpace {
  private final SystemCalls calls;
  private final Type1Attachment container;
  private final Type1Calls dma;
  private final long entryLimit;
  private final boolean unmapsAllAtOnce;

  private Type1Space(SystemCalls calls, Type1Attachment container, long entryLimit) {
    this.calls = calls;
    this.container = container;
    this.dma = new Type1Calls(container.file());
    this.entryLimit = entryLimit;
    this.unmapsAllAtOnce = container.unmapsAllAtOnce();
  }

  /**
   * Attaches devices.
   *
   * @param calls to the kernel
   * @param host where its files are
   * @param devices their addresses, at least one
   * @return an open address space; the caller closes it
   * @throws HostRefusedException if the kernel refuses
   * @throws IllegalArgumentException if a device cannot be attached: the message says what to do
   */
  public static Type1Space open(SystemCalls calls, HostFiles host, List<String> devices)
      throws HostRefusedException {
    Type1Attachment container = Type1Attachment.open(calls, host, devices);
    try {
      return new Type1Space(calls, container, entryLimit(container));
    } catch (HostRefusedException | RuntimeException | Error failure) {
      container.close();
      throw failure;
    }
  }

  /** A new container has all of its entries left. */
  private static long entryLimit(Type1Attachment container) throws HostRefusedException {
    return Type1Info.read(container.file())
        .orElseThrow(() -> OpenFiles.refused(Errno.EINVAL, new RefusalCause.NotAttached()))
        .entriesLeft()
        .orElseThrow(
            () ->
                OpenFiles.refused(
                    Errno.EOPNOTSUPP,
                    new RefusalCause.Other(
                        "this kernel does not say how many mappings are left; Linux 5.10 does")));
  }

  @Override
  public int map(long iova, long bytes, long host) {
    return dma.map(iova, bytes, host);
  }

  @Override
  public long unmap(long iova, long bytes) {
    return dma.unmap(iova, bytes);
  }

  /** Before Linux 5.12 range by range: no mapping reaches beyond an IOVA range, so none is cut. */
  @Override
  public long unmapAll() throws HostRefusedException {
    if (unmapsAllAtOnce) {
      return unmappedOf(AddressRules.ANYWHERE, dma.unmapAll(), 0);
    }
    Type1Info info =
        info()
            .orElseThrow(
                () ->
                    unmapRefused(
                        Errno.EINVAL, AddressRules.ANYWHERE, State.UNCHANGED, Optional.empty()));
    long bytes = 0;
    for (IovaRange range : info.iovaRanges()) {
      bytes += unmappedOf(range, dma.unmap(range.start(), range.length()), bytes);
    }
    return bytes;
  }

  /** A call changes nothing if it is refused; what calls before it did is done. */
  private long unmappedOf(IovaRange iova, long result, long before) throws HostRefusedException {
    if (result < 0) {
      State state = before > 0 ? State.PARTIAL : State.UNCHANGED;
      throw unmapRefused((int) -result, iova, state, info());
    }
    return result;
  }

  @Override
  public HostRefusedException mapRefused(int errno, IovaRange iova, long host) {
    RefusalCause cause = causes(info()).ofMap(errno, iova, host, LockedMemory.ofProcess(calls));
    return refused(HostOperation.MAP, iova, errno, cause, State.UNCHANGED);
  }

  @Override
  public HostRefusedException unmapRefused(int errno, IovaRange iova) {
    return unmapRefused(errno, iova, State.UNCHANGED, info());
  }

  private HostRefusedException unmapRefused(
      int errno, IovaRange iova, State state, Optional<Type1Info> info) {
    RefusalCause cause = causes(info).ofUnmap(errno, iova);
    return refused(HostOperation.UNMAP, iova, errno, cause, state);
  }

  private static HostRefusedException refused(
      HostOperation operation, IovaRange iova, int errno, RefusalCause cause, State state) {
    return new HostRefusedException(operation, iova.start(), iova.length(), errno, cause, state);
  }

  private Type1Causes causes(Optional<Type1Info> info) {
    return new Type1Causes(info, entryLimit);
  }

  private Optional<Type1Info> info() {
    return Type1Info.read(container.file());
  }

  @Override
  public MapperLimits limits() {
    Type1Info info =
        info().orElseThrow(() -> new IllegalStateException("no device is attached any more"));
    return new MapperLimits(
        info.pageSizes(),
        info.entriesLeft().orElse(entryLimit),
        info.iovaRanges(),
        false,
        LockedMemory.ofProcess(calls).lockableBytes());
  }

  @Override
  public List<Descriptor> devices() {
    return container.devices();
  }

  @Override
  public List<Descriptor> kvmFiles() {
    return container.groups();
  }

  @Override
  public void close() {
    container.close();
  }
}
