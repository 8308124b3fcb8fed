package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmException.check;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** KVM of this host: {@code /dev/kvm}. Safe for use by any thread. */
public final class Kvm implements AutoCloseable {
  private static final String DEVICE = "/dev/kvm";
  private static final int CPUID_ENTRIES = 256;

  private final SystemCalls calls;
  private final Descriptor file;

  private Kvm(SystemCalls calls, Descriptor file) {
    this.calls = calls;
    this.file = file;
  }

  /**
   * Opens KVM.
   *
   * @param calls to the kernel
   * @return an open one, for the caller to close once its machines are closed
   * @throws KvmException if this host has none, or none that will do: the message says what to do
   */
  public static Kvm open(SystemCalls calls) throws KvmException {
    int number = calls.open(DEVICE, LinuxConstants.O_RDWR | LinuxConstants.O_CLOEXEC);
    if (number < 0) {
      throw new KvmException("open " + DEVICE, -number, remedy(-number));
    }
    var kvm = new Kvm(calls, new Descriptor(calls, number, DEVICE));
    try {
      kvm.examine();
      return kvm;
    } catch (KvmException | RuntimeException | Error failure) {
      kvm.close();
      throw failure;
    }
  }

  private static String remedy(int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENODEV ->
          "switch on virtualization in the firmware, or nested virtualization if this is a guest"
              + " itself, and load kvm_intel or kvm_amd (modprobe)";
      case Errno.EACCES, Errno.EPERM ->
          "run as root or as a member of the group kvm (usermod -aG kvm USER); in a container pass"
              + " the device in (--device /dev/kvm)";
      default -> "";
    };
  }

  private void examine() throws KvmException {
    int version = check("ask KVM for its version", file.ioctl(KvmConstants.GET_API_VERSION, 0));
    if (version != KvmConstants.API_VERSION) {
      throw new KvmException(
          "use KVM's interface %d".formatted(version),
          Errno.EOPNOTSUPP,
          "expected version %d: use a kernel of 4.13 or newer".formatted(KvmConstants.API_VERSION));
    }
    if (file.ioctl(KvmConstants.CHECK_EXTENSION, KvmConstants.CAP_IMMEDIATE_EXIT) <= 0) {
      throw new KvmException(
          "stop a vCPU without a race (KVM_CAP_IMMEDIATE_EXIT)",
          Errno.EOPNOTSUPP,
          "use a kernel of 4.13 or newer");
    }
  }

  /**
   * Creates a virtual machine with interrupt controllers and a timer in the kernel, but without
   * memory and processors.
   *
   * @return the machine, for the caller to close
   * @throws KvmException if KVM refuses
   */
  public KvmMachine createMachine() throws KvmException {
    int slots = file.ioctl(KvmConstants.CHECK_EXTENSION, KvmConstants.CAP_MEMORY_SLOTS);
    int runBytes =
        check("ask for the size of a vCPU", file.ioctl(KvmConstants.GET_VCPU_MMAP_SIZE, 0));
    int number = check("create a virtual machine", file.ioctl(KvmConstants.CREATE_VM, 0));
    var machine = new Descriptor(calls, number, "virtual machine");
    try {
      return new KvmMachine(calls, machine, Math.max(slots, 1), runBytes, processors());
    } catch (KvmException | RuntimeException | Error failure) {
      machine.close();
      throw failure;
    }
  }

  private CpuidTable processors() throws KvmException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = CpuidTable.room(CPUID_ENTRIES, arena);
      table.set(JAVA_INT, 0, CPUID_ENTRIES);
      int _ =
          check(
              "ask which processors it can show",
              file.ioctl(KvmConstants.GET_SUPPORTED_CPUID, table));
      return CpuidTable.read(table);
    }
  }

  /** Closes it. Machines go on. */
  @Override
  public void close() {
    file.close();
  }
}
