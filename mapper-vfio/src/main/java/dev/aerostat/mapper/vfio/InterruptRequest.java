package dev.aerostat.mapper.vfio;

import java.util.Arrays;
import java.util.List;

/**
 * What a client asks of a device's interrupts: VFIO_DEVICE_SET_IRQS of linux/vfio.h, and the
 * message of vfio-user with the same fields. Immutable.
 *
 * <p>What is refused here is wrong with any device; {@link VfioRelay#setInterrupts} refuses what is
 * wrong with its own.
 *
 * @param flags one of DATA_NONE 1, DATA_BOOL 2 and DATA_EVENTFD 4, and one of ACTION_MASK 8,
 *     ACTION_UNMASK 16 and ACTION_TRIGGER 32
 * @param index the kind of interrupt (VFIO_PCI_INTX_IRQ_INDEX and so on)
 * @param start the first interrupt of that kind, 0 or more
 * @param count how many, 0 or more; with DATA_EVENTFD 1 or more
 * @param eventfds with DATA_EVENTFD descriptors of event counters, {@code count} of them with -1
 *     for none, or no descriptor at all, which is -1 for each; else none
 * @param bools with DATA_BOOL {@code count} bytes, 0 for an interrupt that nothing is done to; else
 *     none
 */
public record InterruptRequest(
    int flags, int index, int start, int count, List<Integer> eventfds, List<Byte> bools) {
  private static final int DATA =
      VfioConstants.IRQ_SET_DATA_NONE
          | VfioConstants.IRQ_SET_DATA_BOOL
          | VfioConstants.IRQ_SET_DATA_EVENTFD;
  private static final int ACTION =
      VfioConstants.IRQ_SET_MASK | VfioConstants.IRQ_SET_UNMASK | VfioConstants.IRQ_SET_TRIGGER;
  private static final int NO_COUNTER = -1;

  /**
   * Checks what is asked, and copies it.
   *
   * @throws IllegalArgumentException if flags, start or count are outside their range, there are
   *     fewer or more descriptors or bytes than there have to be, or a descriptor is less than -1
   */
  public InterruptRequest {
    boolean known = (flags & ~(DATA | ACTION)) == 0;
    if (!known || Integer.bitCount(flags & DATA) != 1 || Integer.bitCount(flags & ACTION) != 1) {
      throw new IllegalArgumentException(
          "interrupt flags 0x%x: expected one of 0x1, 0x2, 0x4 with one of 0x8, 0x10, 0x20"
              .formatted(flags));
    }
    int least = has(flags, VfioConstants.IRQ_SET_DATA_EVENTFD) ? 1 : 0;
    if (start < 0 || count < least) {
      throw new IllegalArgumentException(
          "%s interrupts from %s on: expected %d to 2147483647, from 0 to 2147483647 on"
              .formatted(Integer.toUnsignedString(count), Integer.toUnsignedString(start), least));
    }
    boolean counters = has(flags, VfioConstants.IRQ_SET_DATA_EVENTFD);
    if (!eventfds.isEmpty() && (!counters || eventfds.size() != count)) {
      throw new IllegalArgumentException(
          "%d descriptors for %d interrupts, flags 0x%x: expected none%s"
              .formatted(eventfds.size(), count, flags, counters ? ", or one for each" : ""));
    }
    int bytes = has(flags, VfioConstants.IRQ_SET_DATA_BOOL) ? count : 0;
    if (bools.size() != bytes) {
      throw new IllegalArgumentException(
          "%d bytes of data for %d interrupts, flags 0x%x: expected %d"
              .formatted(bools.size(), count, flags, bytes));
    }
    eventfds = List.copyOf(eventfds);
    bools = List.copyOf(bools);
    for (int eventfd : eventfds) {
      if (eventfd < NO_COUNTER) {
        throw new IllegalArgumentException(
            "descriptor %d: expected one of an event counter, or -1 for none".formatted(eventfd));
      }
    }
  }

  /** Returns whether it connects counters to interrupts, or takes them away. */
  boolean connects() {
    return flags == (VfioConstants.IRQ_SET_DATA_EVENTFD | VfioConstants.IRQ_SET_TRIGGER);
  }

  /** Returns whether it switches this kind of interrupt off. */
  boolean disables() {
    return count == 0 && flags == (VfioConstants.IRQ_SET_DATA_NONE | VfioConstants.IRQ_SET_TRIGGER);
  }

  /** Returns a descriptor for each interrupt with DATA_EVENTFD: call it with a sane count only. */
  int[] counters() {
    int[] counters = new int[has(flags, VfioConstants.IRQ_SET_DATA_EVENTFD) ? count : 0];
    Arrays.fill(counters, NO_COUNTER);
    for (int i = 0; i < eventfds.size(); i++) {
      counters[i] = eventfds.get(i);
    }
    return counters;
  }

  private static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }

  /** Without the data, of which there may be much. */
  String text() {
    return "interrupt request flags 0x%x, index %d, start %d, count %d"
        .formatted(flags, index, start, count);
  }
}
