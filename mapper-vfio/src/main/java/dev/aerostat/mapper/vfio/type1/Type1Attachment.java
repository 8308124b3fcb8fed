package dev.aerostat.mapper.vfio.type1;

import static dev.aerostat.mapper.vfio.backend.OpenFiles.check;
import static dev.aerostat.mapper.vfio.backend.OpenFiles.refused;
import static dev.aerostat.mapper.vfio.backend.Uapi.offset;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.backend.HostFiles;
import dev.aerostat.mapper.vfio.backend.OpenFiles;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An open type1v2 container with devices attached: the order of calls of the kernel's {@code
 * Documentation/driver-api/vfio.rst}. Closing it closes all that was opened, last first.
 */
final class Type1Attachment implements AutoCloseable {
  private final HostFiles host;
  private final OpenFiles files;
  private final Map<Integer, Descriptor> groups = new HashMap<>();
  private final List<Descriptor> devices = new ArrayList<>();
  private final List<Descriptor> groupsOfDevices = new ArrayList<>();
  private final Descriptor file;

  private Type1Attachment(SystemCalls calls, HostFiles host) throws HostRefusedException {
    this.host = host;
    this.files = new OpenFiles(calls);
    this.file = files.open(host.container(), "load the driver (modprobe vfio-pci)");
  }

  static Type1Attachment open(SystemCalls calls, HostFiles host, List<String> addresses)
      throws HostRefusedException {
    var container = new Type1Attachment(calls, host);
    try {
      container.requireType1v2();
      for (String address : addresses) {
        container.attach(address);
      }
      return container;
    } catch (HostRefusedException | RuntimeException | Error failure) {
      container.close();
      throw failure;
    }
  }

  Descriptor file() {
    return file;
  }

  List<Descriptor> devices() {
    return List.copyOf(devices);
  }

  /** The group of each device. */
  List<Descriptor> groups() {
    return List.copyOf(groupsOfDevices);
  }

  boolean unmapsAllAtOnce() {
    return file.ioctl(Type1Constants.CHECK_EXTENSION, Type1Constants.UNMAP_ALL) > 0;
  }

  private void requireType1v2() throws HostRefusedException {
    int version = check("VFIO_GET_API_VERSION", file.ioctl(Type1Constants.GET_API_VERSION, 0));
    boolean type1v2 = file.ioctl(Type1Constants.CHECK_EXTENSION, Type1Constants.TYPE1V2_IOMMU) > 0;
    if (version != Type1Constants.API_VERSION || !type1v2) {
      throw refused(
          Errno.EOPNOTSUPP,
          new RefusalCause.Other(
              "the kernel's VFIO has no type1v2 container (modprobe vfio_iommu_type1)"));
    }
  }

  private void attach(String address) throws HostRefusedException {
    int number = host.groupOf(address);
    Descriptor group = groups.get(number);
    if (group == null) {
      group = attachGroup(number);
      groups.put(number, group);
    }
    devices.add(deviceIn(number, group, address));
    groupsOfDevices.add(group);
  }

  private Descriptor attachGroup(int number) throws HostRefusedException {
    Descriptor group =
        files.open(
            host.groupFile(number),
            "IOMMU group " + number,
            "use backend=iommufd",
            () -> host.whyHeld(number));
    requireViable(number, group);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment container = arena.allocateFrom(ValueLayout.JAVA_INT, file.number());
      int result = group.ioctl(Type1Constants.GROUP_SET_CONTAINER, container);
      if (result == -Errno.EPERM) { // iommu_group_claim_dma_owner
        throw refused(Errno.EPERM, host.whyHeld(number));
      }
      int _ = checkFree(number, "VFIO_GROUP_SET_CONTAINER of group " + number, result);
    }
    if (groups.isEmpty()) {
      setIommu();
    }
    return group;
  }

  private int checkFree(int group, String call, int result) throws HostRefusedException {
    if (result == -Errno.EBUSY) {
      throw refused(Errno.EBUSY, host.whyHeld(group));
    }
    return check(call, result);
  }

  /** Only once, and only now: a container without a group has no IOMMU to set. */
  private void setIommu() throws HostRefusedException {
    int result = file.ioctl(Type1Constants.SET_IOMMU, Type1Constants.TYPE1V2_IOMMU);
    if (result == -Errno.EPERM) {
      throw refused(
          Errno.EPERM,
          new RefusalCause.Other(
              "the platform does not isolate interrupts: vfio_iommu_type1.allow_unsafe_interrupts=1"
                  + " allows that for devices that are trusted"));
    }
    int _ = check("VFIO_SET_IOMMU", result);
  }

  /**
   * Not viable is also a group that another process holds by iommufd ({@code vfio_group_ioctl}).
   */
  private void requireViable(int number, Descriptor group) throws HostRefusedException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(Type1Layouts.GROUP_STATUS);
      status.set(ValueLayout.JAVA_INT, 0, (int) status.byteSize());
      int _ =
          check(
              "VFIO_GROUP_GET_STATUS of group " + number,
              group.ioctl(Type1Constants.GROUP_GET_STATUS, status));
      int flags = status.get(ValueLayout.JAVA_INT, offset(Type1Layouts.GROUP_STATUS, "flags"));
      if ((flags & Type1Constants.GROUP_FLAGS_VIABLE) == 0) {
        RefusalCause held = host.whyHeld(number);
        throw refused(held instanceof RefusalCause.GroupBusy ? Errno.EBUSY : Errno.EPERM, held);
      }
    }
  }

  private Descriptor deviceIn(int number, Descriptor group, String address)
      throws HostRefusedException {
    try (Arena arena = Arena.ofConfined()) {
      int device =
          checkFree(
              number,
              "VFIO_GROUP_GET_DEVICE_FD of device " + address,
              group.ioctl(Type1Constants.GROUP_GET_DEVICE_FD, arena.allocateFrom(address)));
      return files.keep(device, "device " + address);
    }
  }

  @Override
  public void close() {
    files.close();
  }
}
