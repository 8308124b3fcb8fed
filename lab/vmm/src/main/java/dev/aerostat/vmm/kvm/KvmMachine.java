package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmException.check;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A virtual machine of KVM. Safe for use by any thread; close it once its vCPUs and all else that
 * came from it are closed.
 */
public final class KvmMachine implements AutoCloseable {
  /** Three pages below the firmware's place that KVM takes on some Intel processors. */
  private static final long TASK_STATE_ADDRESS = 0xfffb_d000L;

  /** A page that it takes there, too. */
  private static final long IDENTITY_MAP_ADDRESS = 0xfffb_c000L;

  private final SystemCalls calls;
  private final Descriptor file;
  private final int runBytes;
  private final CpuidTable processors;
  private final MemorySlots memory;
  private final KvmInterrupts interrupts;
  private final Arena arena = Arena.ofShared();

  KvmMachine(SystemCalls calls, Descriptor file, int slots, int runBytes, CpuidTable processors)
      throws KvmException {
    this.calls = calls;
    this.file = file;
    this.runBytes = runBytes;
    this.processors = processors;
    this.memory = new MemorySlots(file, slots);
    this.interrupts = new KvmInterrupts(file, arena);
    try {
      createControllers();
    } catch (KvmException | RuntimeException | Error failure) {
      arena.close();
      throw failure;
    }
  }

  private void createControllers() throws KvmException {
    try (Arena call = Arena.ofConfined()) {
      int _ =
          check("place the task state", file.ioctl(KvmConstants.SET_TSS_ADDR, TASK_STATE_ADDRESS));
      MemorySegment identity = call.allocateFrom(JAVA_LONG, IDENTITY_MAP_ADDRESS);
      int _ =
          check("place the identity map", file.ioctl(KvmConstants.SET_IDENTITY_MAP_ADDR, identity));
      int _ = check("create interrupt controllers", file.ioctl(KvmConstants.CREATE_IRQCHIP, 0));
      MemorySegment timer = call.allocate(KvmLayouts.PIT_CONFIG_BYTES, Long.BYTES);
      timer.set(JAVA_INT, 0, KvmConstants.PIT_SPEAKER_DUMMY);
      int _ = check("create a timer", file.ioctl(KvmConstants.CREATE_PIT2, timer));
    }
  }

  /**
   * Returns the memory that the guest reaches.
   *
   * @return usable until this is closed
   */
  public MemorySlots memory() {
    return memory;
  }

  /**
   * Returns how the guest is interrupted.
   *
   * @return usable until this is closed
   */
  public KvmInterrupts interrupts() {
    return interrupts;
  }

  /**
   * Creates KVM's VFIO device, of which there is one a machine.
   *
   * @return without files, for the caller to close
   * @throws KvmException if KVM refuses
   */
  public VfioFiles createVfioFiles() throws KvmException {
    return VfioFiles.create(calls, file);
  }

  /**
   * Creates a virtual processor. The first boots; the others wait until the guest starts them.
   *
   * @param id its number and that of its local APIC, from 0
   * @param count how many the machine gets in all
   * @return the processor, for the caller to close
   * @throws KvmException if KVM refuses
   */
  public Vcpu createVcpu(int id, int count) throws KvmException {
    String name = "vCPU " + id;
    int number = check("create " + name, file.ioctl(KvmConstants.CREATE_VCPU, id));
    var vcpu = new Vcpu(calls, new Descriptor(calls, number, name), id);
    try {
      vcpu.setUp(runBytes, processors.ofProcessor(id, count));
      return vcpu;
    } catch (KvmException | RuntimeException | Error failure) {
      vcpu.close();
      throw failure;
    }
  }

  /** Closes it. Does nothing the second time. */
  @Override
  public void close() {
    file.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
