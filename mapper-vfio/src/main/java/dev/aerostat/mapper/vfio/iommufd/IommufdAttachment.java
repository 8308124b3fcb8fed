package dev.aerostat.mapper.vfio.iommufd;

import static dev.aerostat.mapper.vfio.backend.OpenFiles.check;
import static dev.aerostat.mapper.vfio.backend.OpenFiles.refused;
import static dev.aerostat.mapper.vfio.backend.Uapi.offset;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.ATTACH_IOMMUFD_PT;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.BIND_IOMMUFD;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.DETACH_IOMMUFD_PT;
import static dev.aerostat.mapper.vfio.iommufd.IommufdLayouts.IOAS_ALLOC;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.backend.HostFiles;
import dev.aerostat.mapper.vfio.backend.OpenFiles;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * An I/O address space of iommufd with devices attached: the order of calls of the kernel's {@code
 * Documentation/driver-api/vfio.rst}, section "Device cdev Example". Closing it detaches the
 * devices, since a region of one that is still mapped keeps the device's file.
 */
final class IommufdAttachment implements AutoCloseable {
  private final HostFiles host;
  private final OpenFiles files;
  private final List<Descriptor> devices = new ArrayList<>();
  private final Descriptor iommufd;
  private final int number;

  private IommufdAttachment(HostFiles host, OpenFiles files) throws HostRefusedException {
    this.host = host;
    this.files = files;
    this.iommufd = files.open(host.iommufd(), "load it (modprobe iommufd), or use backend=type1");
    this.number = allocate(iommufd);
  }

  static IommufdAttachment open(SystemCalls calls, HostFiles host, List<String> addresses)
      throws HostRefusedException {
    var files = new OpenFiles(calls);
    try {
      var ioas = new IommufdAttachment(host, files);
      for (String address : addresses) {
        ioas.attach(address);
      }
      return ioas;
    } catch (HostRefusedException | RuntimeException | Error failure) {
      files.close();
      throw failure;
    }
  }

  Descriptor iommufd() {
    return iommufd;
  }

  int number() {
    return number;
  }

  List<Descriptor> devices() {
    return List.copyOf(devices);
  }

  private static int allocate(Descriptor iommufd) throws HostRefusedException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ioas = arena.allocate(IOAS_ALLOC);
      ioas.set(JAVA_INT, offset(IOAS_ALLOC, "size"), (int) ioas.byteSize());
      int _ = check("IOMMU_IOAS_ALLOC", iommufd.ioctl(IommufdConstants.IOAS_ALLOC, ioas));
      return ioas.get(JAVA_INT, offset(IOAS_ALLOC, "out_ioas_id"));
    }
  }

  private void attach(String address) throws HostRefusedException {
    int group = host.groupOf(address);
    Descriptor device =
        files.open(
            host.deviceFile(address),
            "device " + address,
            "use backend=type1",
            () -> host.whyHeld(group));
    int bound = bind(device);
    if (bound < 0) {
      throw refused(-bound, whyNotBound(-bound, address, group));
    }
    int _ = check("VFIO_DEVICE_ATTACH_IOMMUFD_PT of device " + address, attach(device));
    devices.add(device);
  }

  private int bind(Descriptor device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bind = arena.allocate(BIND_IOMMUFD);
      bind.set(JAVA_INT, offset(BIND_IOMMUFD, "argsz"), (int) bind.byteSize());
      bind.set(JAVA_INT, offset(BIND_IOMMUFD, "iommufd"), iommufd.number());
      return device.ioctl(IommufdConstants.DEVICE_BIND_IOMMUFD, bind);
    }
  }

  /**
   * Few numbers for many reasons: {@code vfio_df_ioctl_bind_iommufd}, {@code vfio_df_open}, {@code
   * iommufd_device_bind}, {@code iommu_device_claim_dma_owner}.
   */
  private RefusalCause whyNotBound(int errno, String address, int group) {
    RefusalCause held = host.whyHeld(group);
    if (held instanceof RefusalCause.GroupNotViable) {
      return held;
    }
    return switch (errno) {
      case Errno.EPERM ->
          new RefusalCause.Other(
              "another process holds a device of group %d, or the platform does not isolate interrupts:"
                      .formatted(group)
                  + " iommufd.allow_unsafe_interrupts=1 allows that for devices that are trusted");
      case Errno.EBUSY, Errno.EINVAL -> held;
      default ->
          new RefusalCause.Other("VFIO_DEVICE_BIND_IOMMUFD of device %s failed".formatted(address));
    };
  }

  private int attach(Descriptor device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attach = arena.allocate(ATTACH_IOMMUFD_PT);
      attach.set(JAVA_INT, offset(ATTACH_IOMMUFD_PT, "argsz"), (int) attach.byteSize());
      attach.set(JAVA_INT, offset(ATTACH_IOMMUFD_PT, "pt_id"), number);
      return device.ioctl(IommufdConstants.DEVICE_ATTACH_IOMMUFD_PT, attach);
    }
  }

  private void detach(Descriptor device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment detach = arena.allocate(DETACH_IOMMUFD_PT);
      detach.set(JAVA_INT, offset(DETACH_IOMMUFD_PT, "argsz"), (int) detach.byteSize());
      int _ = device.ioctl(IommufdConstants.DEVICE_DETACH_IOMMUFD_PT, detach);
    }
  }

  @Override
  public void close() {
    devices.forEach(this::detach);
    files.close();
  }
}
