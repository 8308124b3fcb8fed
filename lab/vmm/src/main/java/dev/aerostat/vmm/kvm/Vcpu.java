package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmException.check;
import static dev.aerostat.vmm.kvm.KvmLayouts.REGS;
import static dev.aerostat.vmm.kvm.KvmLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.DeviceMemory;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import dev.aerostat.vmm.boot.BootEntry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A virtual processor. To be run by one thread at a time, a {@link VcpuThread}. */
public final class Vcpu implements AutoCloseable {
  /** Bytes of the kernel's set of signals. */
  private static final int SIGNAL_SET_BYTES = 8;

  private static final int LAPIC_LINT0 = 0x350;
  private static final int LAPIC_LINT1 = 0x360;
  private static final int DELIVER_FROM_PIC = 7 << 8;
  private static final int DELIVER_NMI = 4 << 8;

  /**
   * IA32_MTRR_DEF_TYPE (Intel SDM volume 3, 12.11.2.1): memory is cached, as firmware leaves it.
   */
  private static final int MSR_MEMORY_TYPE = 0x2ff;

  private static final long ENABLED_WRITE_BACK = 1 << 11 | 6;

  private final SystemCalls calls;
  private final Descriptor file;
  private final int id;

  /** For as long as the run area is mapped. */
  private final Arena arena = Arena.ofShared();

  private RunArea area = new RunArea(MemorySegment.NULL);

  /** Takes a processor over that KVM has created, to be {@linkplain #setUp set up}. */
  Vcpu(SystemCalls calls, Descriptor file, int id) {
    this.calls = calls;
    this.file = file;
    this.id = id;
  }

  /**
   * Returns its number.
   *
   * @return from 0
   */
  public int id() {
    return id;
  }

  RunArea area() {
    return area;
  }

  /** Maps what it shares with KVM, and makes it the processor that the guest is to find. */
  void setUp(int runBytes, CpuidTable processor) throws KvmException {
    area =
        new RunArea(
            DeviceMemory.map(calls, file, 0, runBytes, arena)
                .orElseThrow(() -> new KvmException("map the state of " + this, Errno.ENOMEM, "")));
    try (Arena call = Arena.ofConfined()) {
      int _ = check("describe " + this, file.ioctl(KvmConstants.SET_CPUID2, processor.write(call)));
      wireLocalApic(call);
      cacheMemory(call);
    }
  }

  /** As firmware does: PICs and NMIs reach the processor until the guest sets up the I/O APIC. */
  private void wireLocalApic(Arena call) throws KvmException {
    MemorySegment lapic = call.allocate(KvmLayouts.LAPIC_BYTES, Long.BYTES);
    int _ = check("read the local APIC of " + this, file.ioctl(KvmConstants.GET_LAPIC, lapic));
    lapic.set(JAVA_INT, LAPIC_LINT0, DELIVER_FROM_PIC);
    lapic.set(JAVA_INT, LAPIC_LINT1, DELIVER_NMI);
    int _ = check("wire the local APIC of " + this, file.ioctl(KvmConstants.SET_LAPIC, lapic));
  }

  /** Without it a guest with a passed-through device may find all of its memory uncached. */
  private void cacheMemory(Arena call) throws KvmException {
    MemorySegment registers =
        call.allocate(KvmLayouts.MSRS_HEADER_BYTES + KvmLayouts.MSR_ENTRY.byteSize(), Long.BYTES);
    registers.set(JAVA_INT, 0, 1);
    MemorySegment entry = registers.asSlice(KvmLayouts.MSRS_HEADER_BYTES);
    entry.set(JAVA_INT, offset(KvmLayouts.MSR_ENTRY, "index"), MSR_MEMORY_TYPE);
    entry.set(JAVA_LONG, offset(KvmLayouts.MSR_ENTRY, "data"), ENABLED_WRITE_BACK);
    int _ = check("set the memory type of " + this, file.ioctl(KvmConstants.SET_MSRS, registers));
  }

  /**
   * Sets the registers of the processor that boots.
   *
   * @param entry where it begins
   * @throws KvmException if KVM refuses
   */
  public void enter(BootEntry entry) throws KvmException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment system = call.allocate(KvmLayouts.SREGS_BYTES, Long.BYTES);
      int _ = check("read registers of " + this, file.ioctl(KvmConstants.GET_SREGS, system));
      LongMode.write(entry, system);
      int _ = check("set registers of " + this, file.ioctl(KvmConstants.SET_SREGS, system));
      MemorySegment general = call.allocate(REGS);
      general.set(JAVA_LONG, offset(REGS, "rip"), entry.instruction());
      general.set(JAVA_LONG, offset(REGS, "rsi"), entry.parameters());
      general.set(JAVA_LONG, offset(REGS, "rsp"), entry.stack());
      general.set(JAVA_LONG, offset(REGS, "rflags"), LongMode.FLAGS_ALWAYS_SET);
      int _ = check("set registers of " + this, file.ioctl(KvmConstants.SET_REGS, general));
    }
  }

  /** Sets which signals wait while the guest runs; bit {@code n - 1} is for signal {@code n}. */
  void blockWhileRunning(long signals) throws KvmException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment mask =
          call.allocate(KvmLayouts.SIGNAL_MASK_HEADER_BYTES + SIGNAL_SET_BYTES, Long.BYTES);
      mask.set(JAVA_INT, 0, SIGNAL_SET_BYTES);
      mask.set(JAVA_LONG_UNALIGNED, KvmLayouts.SIGNAL_MASK_HEADER_BYTES, signals);
      int _ = check("set the signals of " + this, file.ioctl(KvmConstants.SET_SIGNAL_MASK, mask));
    }
  }

  /**
   * Runs the guest until an access is to be answered, a signal comes or something has gone wrong.
   *
   * @return 0, or an error number negated
   */
  int run() {
    return calls.ioctl(file.number(), KvmConstants.RUN, 0);
  }

  /**
   * Notifies the guest, by its paravirtual clock, that it has been paused: so it takes no stall for
   * a fault of its own. A guest without that clock is not told.
   */
  void tellPaused() {
    int _ = calls.ioctl(file.number(), KvmConstants.KVMCLOCK_CTRL, 0);
  }

  /** Returns the address of the next instruction, for messages. */
  long instruction() {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment general = call.allocate(REGS);
      int _ = file.ioctl(KvmConstants.GET_REGS, general);
      return general.get(JAVA_LONG, offset(REGS, "rip"));
    }
  }

  /** Closes it. It must not run any more. Does nothing the second time. */
  @Override
  public void close() {
    file.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  @Override
  public String toString() {
    return "vCPU " + id;
  }
}
