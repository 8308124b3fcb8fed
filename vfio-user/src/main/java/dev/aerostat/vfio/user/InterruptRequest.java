package dev.aerostat.vfio.user;

import dev.aerostat.memory.linux.socket.EventFileKind;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a VMM wants of interrupts, as {@code VFIO_DEVICE_SET_IRQS} of linux/vfio.h has it: {@code
 * u32 argsz, u32 flags, u32 index, u32 start, u32 count}, and a byte for each with {@link
 * #DATA_BOOL}.
 *
 * @param flags what to do, and by what data
 * @param index 0 to 4
 * @param start of the first, 0 or more
 * @param count how many, 0 or more
 * @param eventfds with {@link #DATA_EVENTFD}: one for each, or none to connect none
 * @param bools with {@link #DATA_BOOL}: one for each, each 0 or 1
 */
public record InterruptRequest(
    int flags, int index, int start, int count, List<PassedFile> eventfds, List<Byte> bools) {
  /** All of them. */
  public static final int DATA_NONE = 1;

  /** Those with a 1 in the data. */
  public static final int DATA_BOOL = 1 << 1;

  /** By the eventfds. */
  public static final int DATA_EVENTFD = 1 << 2;

  /** To be masked. */
  public static final int MASK = 1 << 3;

  /** To be unmasked. */
  public static final int UNMASK = 1 << 4;

  /** To be raised, or connected; of a count of 0, to be disabled. */
  public static final int TRIGGER = 1 << 5;

  private static final int DATA = DATA_NONE | DATA_BOOL | DATA_EVENTFD;
  private static final int ACTION = MASK | UNMASK | TRIGGER;

  /** The most that a device can have (PCI Local Bus Specification 3.0, section 6.8.2.3). */
  private static final int MOST = 2048;

  /** Makes the lists ones that do not change. */
  public InterruptRequest {
    eventfds = List.copyOf(eventfds);
    bools = List.copyOf(bools);
  }

  static InterruptRequest read(ByteBuffer bytes, List<Descriptor> descriptors)
      throws RefusedException {
    int _ = bytes.getInt();
    int flags = bytes.getInt();
    int index = bytes.getInt();
    int start = bytes.getInt();
    int count = bytes.getInt();
    boolean oneOfEach =
        Integer.bitCount(flags & DATA) == 1
            && Integer.bitCount(flags & ACTION) == 1
            && (flags & ~(DATA | ACTION)) == 0;
    boolean inRange = start >= 0 && count >= 0 && start <= MOST && count <= MOST - start;
    if (!oneOfEach || !inRange || index < 0 || index >= ServedDevice.INTERRUPTS) {
      throw new RefusedException(
          "%s interrupts from %s on of index %s with flags 0x%x: expected index 0 to 4, at most %d interrupts, one kind of data (1, 2 or 4) and one action (8, 16 or 32)"
              .formatted(
                  Integer.toUnsignedString(count),
                  Integer.toUnsignedString(start),
                  Integer.toUnsignedString(index),
                  flags,
                  MOST));
    }
    requireData(flags, count, bytes.remaining(), descriptors.size());
    for (Descriptor descriptor : descriptors) {
      requireEventfd(descriptor);
    }
    List<PassedFile> eventfds = descriptors.stream().map(PassedFile::new).toList();
    return new InterruptRequest(flags, index, start, count, eventfds, bools(bytes, count));
  }

  private static void requireData(int flags, int count, int bytes, int descriptors)
      throws RefusedException {
    boolean asMany =
        switch (flags & DATA) {
          case DATA_BOOL -> bytes == count && descriptors == 0;
          case DATA_EVENTFD -> bytes == 0 && (descriptors == 0 || descriptors == count);
          default -> bytes == 0 && descriptors == 0;
        };
    if (!asMany) {
      throw new RefusedException(
          "%d interrupts with flags 0x%x come with %d descriptors and %d bytes: expected one for each, of the kind that the flags name"
              .formatted(count, flags, descriptors, bytes));
    }
  }

  /** As the kernel wants it too. What is no counter may make who writes to it wait. */
  private static void requireEventfd(Descriptor descriptor) throws RefusedException {
    try {
      String name = EventFileKind.name(descriptor.number());
      if (!EventFileKind.of(name).equals(Optional.of(EventFileKind.EVENTFD))) {
        throw new RefusedException(
            "interrupts by descriptor %d, which is %s: expected an eventfd"
                .formatted(descriptor.number(), name));
      }
    } catch (IOException unknown) {
      throw new RefusedException(
          "interrupts by descriptor %d, whose kind cannot be told: expected an eventfd"
              .formatted(descriptor.number()),
          unknown);
    }
  }

  private static List<Byte> bools(ByteBuffer bytes, int count) {
    return bytes.hasRemaining()
        ? IntStream.range(0, count).mapToObj(_ -> bytes.get()).toList()
        : List.of();
  }

  /** Returns whether it switches this kind of interrupt off. */
  boolean disables() {
    return count == 0 && flags == (DATA_NONE | TRIGGER);
  }

  /**
   * Returns whether the flags have all of these bits.
   *
   * @param bits such as {@link #TRIGGER}
   * @return true if they have
   */
  public boolean has(int bits) {
    return (flags & bits) == bits;
  }
}
