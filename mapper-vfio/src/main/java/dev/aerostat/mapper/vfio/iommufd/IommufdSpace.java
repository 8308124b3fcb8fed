package dev.aerostat.mapper.vfio.iommufd;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
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

/**
 * An I/O address space of iommufd. An unmap goes from mapping to mapping and ends at the first that
 * it would cut: what lies below is gone by then.
 */
public final class IommufdSpace implements AddressSpace {
  /** No process has memory here (vm.mmap_min_addr). */
  private static final long NOWHERE = 0;

  private final SystemCalls calls;
  private final IommufdAttachment ioas;
  private final IommufdCalls dma;

  private final OpenFiles duplicates;
  private final OwnedFile[] files;

  /** Until the kernel answers that it knows no such request. */
  private volatile boolean mapsFiles = true;

  private IommufdSpace(
      SystemCalls calls, IommufdAttachment ioas, OpenFiles duplicates, OwnedFile[] files) {
    this.calls = calls;
    this.ioas = ioas;
    this.duplicates = duplicates;
    this.files = files;
    this.dma = new IommufdCalls(ioas.iommufd(), ioas.number());
  }

  /**
   * Memory that is a file.
   *
   * @param memory where it is
   * @param file open for as long as this address space
   */
  private record OwnedFile(MappedFile memory, Descriptor file) {}

  /**
   * Attaches devices.
   *
   * @param calls to the kernel
   * @param host where its files are
   * @param devices their addresses, at least one
   * @param files disjoint parts of memory that are pinned through their file; may be none
   * @return an open address space; the caller closes it
   * @throws HostRefusedException if the kernel refuses
   * @throws IllegalArgumentException if a device cannot be attached: the message says what to do
   */
  public static IommufdSpace open(
      SystemCalls calls, HostFiles host, List<String> devices, List<MappedFile> files)
      throws HostRefusedException {
    var duplicates = new OpenFiles(calls);
    try {
      var owned = new OwnedFile[files.size()];
      for (int i = 0; i < owned.length; i++) {
        owned[i] = new OwnedFile(files.get(i), duplicates.duplicate(files.get(i).descriptor()));
      }
      return new IommufdSpace(
          calls, IommufdAttachment.open(calls, host, devices), duplicates, owned);
    } catch (HostRefusedException | RuntimeException | Error failure) {
      duplicates.close();
      throw failure;
    }
  }

  @Override
  public int map(long iova, long bytes, long host) {
    for (int i = 0; mapsFiles && i < files.length; i++) {
      MappedFile memory = files[i].memory();
      if (memory.holds(host, bytes)) {
        int result = dma.mapFile(iova, bytes, files[i].file().number(), memory.offsetOf(host));
        if (result != -Errno.ENOTTY) {
          return result;
        }
        mapsFiles = false;
      }
    }
    return dma.map(iova, bytes, host);
  }

  @Override
  public long unmap(long iova, long bytes) {
    return dma.unmap(iova, bytes);
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    long result = dma.unmapAll();
    if (result < 0) {
      throw refused(
          HostOperation.UNMAP,
          AddressRules.ANYWHERE,
          (int) -result,
          result == -Errno.EBUSY ? underWay() : IommufdCauses.unknown(),
          State.PARTIAL);
    }
    return result;
  }

  @Override
  public HostRefusedException mapRefused(int errno, IovaRange iova, long host) {
    LockedMemory lock = LockedMemory.ofUser(calls);
    RefusalCause cause =
        info()
            .map(info -> new IommufdCauses(info.rules()).ofMap(errno, iova, host, lock))
            .orElseGet(IommufdCauses::unknown);
    return refused(HostOperation.MAP, iova, errno, cause, State.UNCHANGED);
  }

  @Override
  public HostRefusedException unmapRefused(int errno, IovaRange iova) {
    return switch (errno) {
      case Errno.ENOENT -> notWhollyThere(iova);
      case Errno.EBUSY -> refused(HostOperation.UNMAP, iova, errno, underWay(), State.PARTIAL);
      default -> refused(HostOperation.UNMAP, iova, errno, IommufdCauses.unknown(), State.PARTIAL);
    };
  }

  private static RefusalCause underWay() {
    return new RefusalCause.Other("a map or an unmap there is under way");
  }

  /**
   * ENOENT: nothing is there, or a mapping would be cut. One that is cut is still there. If it is
   * there at the very first page nothing lay below it that could be gone.
   */
  private HostRefusedException notWhollyThere(IovaRange iova) {
    return info()
        .map(info -> notWhollyThere(info, iova))
        .orElseGet(
            () ->
                refused(
                    HostOperation.UNMAP,
                    iova,
                    Errno.ENOENT,
                    IommufdCauses.unknown(),
                    State.PARTIAL));
  }

  private HostRefusedException notWhollyThere(IommufdInfo info, IovaRange iova) {
    var split = new RefusalCause.WouldSplit(iova);
    long page = Math.max(info.alignment(), Pages.SIZE);
    if (taken(info, IovaRange.ofLength(iova.start(), page))) {
      return refused(HostOperation.UNMAP, iova, Errno.ENOENT, split, State.UNCHANGED);
    }
    return taken(info, iova)
        ? refused(HostOperation.UNMAP, iova, Errno.ENOENT, split, State.PARTIAL)
        : refused(
            HostOperation.UNMAP, iova, Errno.ENOENT, new RefusalCause.NotMapped(), State.UNCHANGED);
  }

  private boolean taken(IommufdInfo info, IovaRange iova) {
    return info.iovaRanges().stream()
        .filter(iova::overlaps)
        .anyMatch(
            range ->
                taken(Math.max(iova.start(), range.start()), Math.min(iova.end(), range.end())));
  }

  /**
   * There is no way to ask; but a map reports first whether it overlaps, then that there is no
   * memory.
   */
  private boolean taken(long start, long end) {
    int result = dma.map(start, end - start, NOWHERE);
    if (result == 0) {
      long _ = dma.unmap(start, end - start);
    }
    return result == -Errno.EEXIST;
  }

  private static HostRefusedException refused(
      HostOperation operation, IovaRange iova, int errno, RefusalCause cause, State state) {
    return new HostRefusedException(operation, iova.start(), iova.length(), errno, cause, state);
  }

  private Optional<IommufdInfo> info() {
    return IommufdInfo.read(ioas.iommufd(), ioas.number());
  }

  @Override
  public MapperLimits limits() {
    IommufdInfo info =
        info()
            .filter(IommufdInfo::attached)
            .orElseThrow(() -> new IllegalStateException("no device is attached any more"));
    return new MapperLimits(
        info.alignment(),
        MapperLimits.UNLIMITED,
        info.iovaRanges(),
        true,
        LockedMemory.ofUser(calls).lockableBytes());
  }

  @Override
  public List<Descriptor> devices() {
    return ioas.devices();
  }

  /** A device that has a file of its own is known by it (Linux 6.6). */
  @Override
  public List<Descriptor> kvmFiles() {
    return devices();
  }

  @Override
  public void close() {
    ioas.close();
    duplicates.close();
  }
}
