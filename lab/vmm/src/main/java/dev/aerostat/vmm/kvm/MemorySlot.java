package dev.aerostat.vmm.kvm;

import java.lang.foreign.MemorySegment;

/**
 * Memory that the guest reaches without its VMM, until this is closed. Safe for use by any thread.
 */
public final class MemorySlot implements AutoCloseable {
  private final MemorySlots slots;
  private final int number;
  private final long guestAddress;
  private final MemorySegment memory;
  private boolean closed;

  MemorySlot(MemorySlots slots, int number, long guestAddress, MemorySegment memory) {
    this.slots = slots;
    this.number = number;
    this.guestAddress = guestAddress;
    this.memory = memory;
  }

  int number() {
    return number;
  }

  /**
   * Returns where the guest sees it.
   *
   * @return the guest-physical address of its first byte
   */
  public long guestAddress() {
    return guestAddress;
  }

  MemorySegment memory() {
    return memory;
  }

  /**
   * Takes the memory away from the guest: accesses are trapped from now on. Does nothing the second
   * time.
   *
   * @throws KvmException if KVM refuses: the guest then still has it
   * @throws IllegalStateException if the machine is closed
   */
  @Override
  public synchronized void close() throws KvmException {
    if (!closed) {
      slots.remove(this);
      closed = true;
    }
  }
}
