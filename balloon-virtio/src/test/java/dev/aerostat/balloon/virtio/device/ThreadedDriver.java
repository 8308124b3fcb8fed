package dev.aerostat.balloon.virtio.device;

import dev.aerostat.virtio.QueueLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * A driver that runs on a thread of its own and follows virtio 1.2, section 2.7, to the letter: it
 * notifies the device only where {@code avail_event} (or the device's flag) asks for it, and sleeps
 * only after it has asked for an interrupt and looked at the used index once more. So a message is
 * lost for good where the device does not keep its half of the bargain.
 *
 * <p>The ring is written here as the specification prints it, with code of its own.
 */
final class ThreadedDriver {
  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT = LE16.varHandle();

  private final MemorySegment ram;
  private final QueueLayout layout;
  private final boolean eventIndex;
  private final Runnable kick;
  private final Semaphore interrupts = new Semaphore(0);
  private int available;
  private int used;
  long kicks;

  /** A driver of a ring in the region that begins at address 0. */
  ThreadedDriver(MemorySegment ram, QueueLayout layout, boolean eventIndex, Runnable kick) {
    this.ram = ram;
    this.layout = layout;
    this.eventIndex = eventIndex;
    this.kick = kick;
  }

  /** The device interrupts this queue; called by any thread. */
  void interrupt() {
    interrupts.release();
  }

  /** Writes a chain of one device-readable buffer. */
  void describe(int head, long address, int length) {
    long at = layout.descriptorArea() + 16L * head;
    ram.set(ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN), at, address);
    ram.set(LE32, at + 8, length);
    ram.set(LE32, at + 12, 0);
  }

  /** Sections 2.7.13.1 to 2.7.13.4: makes a chain available and notifies the device if it asked. */
  void send(int head) {
    int old = available;
    ram.set(LE16, layout.driverArea() + 4 + 2L * (old & (layout.size() - 1)), (short) head);
    available = (old + 1) & 0xffff;
    SHORT.setRelease(ram, layout.driverArea() + 2, (short) available);
    VarHandle.fullFence();
    if (deviceAsks(old)) {
      kicks++;
      kick.run();
    }
  }

  private boolean deviceAsks(int old) {
    if (!eventIndex) {
      return (shared(layout.deviceArea()) & 1) == 0;
    }
    int event = shared(layout.deviceArea() + 4 + 8L * layout.size());
    return ((available - event - 1) & 0xffff) < ((available - old) & 0xffff);
  }

  /**
   * Takes one returned chain: looks {@code spins} times, then sleeps until an interrupt.
   *
   * @param given is asked about each head that comes back
   * @return whether one came back in the time given
   */
  boolean takeReturned(int spins, long seconds, IntPredicate given) throws InterruptedException {
    for (int i = 0; i < spins && nothingReturned(); i++) {
      Thread.onSpinWait();
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (nothingReturned()) {
      SHORT.setRelease(ram, layout.driverArea() + 4 + 2L * layout.size(), (short) used);
      VarHandle.fullFence();
      long left = end - System.nanoTime();
      if (nothingReturned() && !interrupts.tryAcquire(left, TimeUnit.NANOSECONDS) && left <= 0) {
        return false;
      }
    }
    long element = layout.deviceArea() + 4 + 8L * (used & (layout.size() - 1));
    int head = ram.get(LE32, element);
    if (!given.test(head)) {
      throw new AssertionError("chain %d came back, which the device did not have".formatted(head));
    }
    used = (used + 1) & 0xffff;
    return true;
  }

  private boolean nothingReturned() {
    return shared(layout.deviceArea() + 2) == used;
  }

  private int shared(long address) {
    return Short.toUnsignedInt((short) SHORT.getAcquire(ram, address));
  }
}
