package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmException.check;
import static dev.aerostat.vmm.kvm.KvmLayouts.CREATE_DEVICE;
import static dev.aerostat.vmm.kvm.KvmLayouts.DEVICE_ATTR;
import static dev.aerostat.vmm.kvm.KvmLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * KVM's VFIO device (Documentation/virt/kvm/devices/vfio.rst): by it KVM knows which devices a
 * guest has, and whether their DMA is coherent with its caches.
 *
 * <p>Safe for use by any thread. Close it before the machine.
 */
public final class VfioFiles implements AutoCloseable {
  private final Descriptor device;

  private VfioFiles(Descriptor device) {
    this.device = device;
  }

  static VfioFiles create(SystemCalls calls, Descriptor machine) throws KvmException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment create = arena.allocate(CREATE_DEVICE);
      create.set(JAVA_INT, offset(CREATE_DEVICE, "type"), KvmConstants.DEVICE_TYPE_VFIO);
      int _ = check("create KVM's VFIO device", machine.ioctl(KvmConstants.CREATE_DEVICE, create));
      int number = create.get(JAVA_INT, offset(CREATE_DEVICE, "fd"));
      return new VfioFiles(new Descriptor(calls, number, "KVM's VFIO device"));
    }
  }

  /**
   * Adds a device to those that KVM knows.
   *
   * @param file descriptor of its VFIO group, or of the device itself with iommufd; the caller's
   * @throws KvmException if KVM refuses
   */
  public void add(int file) throws KvmException {
    set(KvmConstants.VFIO_FILE_ADD, "add", file);
  }

  /**
   * Removes a device from those that KVM knows.
   *
   * @param file as it was added
   * @throws KvmException if KVM refuses
   */
  public void remove(int file) throws KvmException {
    set(KvmConstants.VFIO_FILE_DELETE, "remove", file);
  }

  private void set(int attribute, String verb, int file) throws KvmException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(DEVICE_ATTR);
      request.set(JAVA_INT, offset(DEVICE_ATTR, "group"), KvmConstants.VFIO_FILE);
      request.set(JAVA_LONG, offset(DEVICE_ATTR, "attr"), attribute);
      MemorySegment number = arena.allocateFrom(JAVA_INT, file);
      request.set(JAVA_LONG, offset(DEVICE_ATTR, "addr"), number.address());
      int _ =
          check(
              "%s VFIO file %d".formatted(verb, file),
              device.ioctl(KvmConstants.SET_DEVICE_ATTR, request));
    }
  }

  /** Closes it: KVM forgets the devices. */
  @Override
  public void close() {
    device.close();
  }
}
