package dev.aerostat.vmm.kvm;

import static dev.aerostat.vmm.kvm.KvmException.check;
import static dev.aerostat.vmm.kvm.KvmLayouts.MEMORY_REGION;
import static dev.aerostat.vmm.kvm.KvmLayouts.offset;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * The memory that a guest reaches without its VMM: RAM, and registers of a device that was passed
 * through. Each piece takes a slot of KVM (KVM_SET_USER_MEMORY_REGION).
 *
 * <p>Safe for use by any thread.
 */
public final class MemorySlots {
  private final Descriptor machine;
  private final int most;
  private final BitSet used = new BitSet();

  MemorySlots(Descriptor machine, int most) {
    this.machine = machine;
    this.most = most;
  }

  /**
   * Shows memory to the guest.
   *
   * @param guestAddress where, a multiple of 4 KiB
   * @param memory native, of whole pages; must stay mapped until the slot is closed
   * @return the slot, which takes the memory away when it is closed
   * @throws KvmException if KVM refuses: {@code EEXIST} if other memory is there, {@code ENOSPC} if
   *     all slots are taken
   */
  public MemorySlot add(long guestAddress, MemorySegment memory) throws KvmException {
    int number = take();
    try {
      set(number, guestAddress, memory.address(), memory.byteSize());
      return new MemorySlot(this, number, guestAddress, memory);
    } catch (KvmException | RuntimeException | Error failure) {
      free(number);
      throw failure;
    }
  }

  private synchronized int take() throws KvmException {
    int number = used.nextClearBit(0);
    if (number >= most) {
      throw new KvmException(
          "show the guest more memory",
          Errno.ENOSPC,
          "KVM has %d slots for memory, and all are taken".formatted(most));
    }
    used.set(number);
    return number;
  }

  private synchronized void free(int number) {
    used.clear(number);
  }

  void remove(MemorySlot slot) throws KvmException {
    set(slot.number(), slot.guestAddress(), slot.memory().address(), 0);
    free(slot.number());
  }

  private void set(int number, long guestAddress, long hostAddress, long bytes)
      throws KvmException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment region = arena.allocate(MEMORY_REGION);
      region.set(JAVA_INT, offset(MEMORY_REGION, "slot"), number);
      region.set(JAVA_LONG, offset(MEMORY_REGION, "guest_phys_addr"), guestAddress);
      region.set(JAVA_LONG, offset(MEMORY_REGION, "memory_size"), bytes);
      region.set(JAVA_LONG, offset(MEMORY_REGION, "userspace_addr"), hostAddress);
      int _ =
          check(
              "set the guest's memory of 0x%x bytes at 0x%x".formatted(bytes, guestAddress),
              machine.ioctl(KvmConstants.SET_USER_MEMORY_REGION, region));
    }
  }
}
