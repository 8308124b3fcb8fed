package dev.aerostat.vmm.kvm;

/** Request numbers and flags of KVM (linux/kvm.h, asm-generic/ioctl.h). */
final class KvmConstants {
  // Of /dev/kvm.
  static final long GET_API_VERSION = none(0x00);
  static final long CREATE_VM = none(0x01);
  static final long CHECK_EXTENSION = none(0x03);
  static final long GET_VCPU_MMAP_SIZE = none(0x04);
  static final long GET_SUPPORTED_CPUID = readWrite(0x05, KvmLayouts.CPUID_HEADER_BYTES);

  // Of a virtual machine.
  static final long CREATE_VCPU = none(0x41);
  static final long SET_USER_MEMORY_REGION = write(0x46, KvmLayouts.MEMORY_REGION.byteSize());
  static final long SET_TSS_ADDR = none(0x47);
  static final long SET_IDENTITY_MAP_ADDR = write(0x48, Long.BYTES);
  static final long CREATE_IRQCHIP = none(0x60);
  static final long IRQ_LINE = write(0x61, KvmLayouts.IRQ_LEVEL.byteSize());
  static final long SET_GSI_ROUTING = write(0x6a, KvmLayouts.ROUTING_HEADER_BYTES);
  static final long IRQFD = write(0x76, KvmLayouts.IRQFD.byteSize());
  static final long CREATE_PIT2 = write(0x77, KvmLayouts.PIT_CONFIG_BYTES);
  static final long SIGNAL_MSI = write(0xa5, KvmLayouts.MSI.byteSize());
  static final long CREATE_DEVICE = readWrite(0xe0, KvmLayouts.CREATE_DEVICE.byteSize());

  // Of a device of a virtual machine.
  static final long SET_DEVICE_ATTR = write(0xe1, KvmLayouts.DEVICE_ATTR.byteSize());

  // Of a virtual processor.
  static final long RUN = none(0x80);
  static final long SET_REGS = write(0x82, KvmLayouts.REGS.byteSize());
  static final long GET_REGS = read(0x81, KvmLayouts.REGS.byteSize());
  static final long GET_SREGS = read(0x83, KvmLayouts.SREGS_BYTES);
  static final long SET_SREGS = write(0x84, KvmLayouts.SREGS_BYTES);
  static final long SET_MSRS = write(0x89, KvmLayouts.MSRS_HEADER_BYTES);
  static final long SET_SIGNAL_MASK = write(0x8b, KvmLayouts.SIGNAL_MASK_HEADER_BYTES);
  static final long GET_LAPIC = read(0x8e, KvmLayouts.LAPIC_BYTES);
  static final long SET_LAPIC = write(0x8f, KvmLayouts.LAPIC_BYTES);
  static final long SET_CPUID2 = write(0x90, KvmLayouts.CPUID_HEADER_BYTES);
  static final long KVMCLOCK_CTRL = none(0xad);

  /** The only version that there is since Linux 2.6.22. */
  static final int API_VERSION = 12;

  /** KVM_CAP_NR_MEMSLOTS. */
  static final long CAP_MEMORY_SLOTS = 10;

  /** KVM_CAP_IMMEDIATE_EXIT: Linux 4.13. */
  static final long CAP_IMMEDIATE_EXIT = 136;

  /** KVM_PIT_SPEAKER_DUMMY: port 0x61 is answered, too. */
  static final int PIT_SPEAKER_DUMMY = 1;

  static final int IRQFD_DEASSIGN = 1;
  static final int IRQFD_RESAMPLE = 2;

  /** KVM_DEV_TYPE_VFIO. */
  static final int DEVICE_TYPE_VFIO = 4;

  /** KVM_DEV_VFIO_FILE, until Linux 6.5 named KVM_DEV_VFIO_GROUP, and what may be done with one. */
  static final int VFIO_FILE = 1;

  static final int VFIO_FILE_ADD = 1;
  static final int VFIO_FILE_DELETE = 2;

  private static final long TYPE = 0xae;
  private static final int WRITE = 1;
  private static final int READ = 2;

  private KvmConstants() {}

  private static long none(int number) {
    return TYPE << 8 | number;
  }

  private static long write(int number, long bytes) {
    return request(WRITE, number, bytes);
  }

  private static long read(int number, long bytes) {
    return request(READ, number, bytes);
  }

  private static long readWrite(int number, long bytes) {
    return request(READ | WRITE, number, bytes);
  }

  private static long request(long direction, int number, long bytes) {
    return direction << 30 | bytes << 16 | none(number);
  }
}
