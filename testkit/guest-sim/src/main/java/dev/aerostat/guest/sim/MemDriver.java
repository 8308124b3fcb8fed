package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The driver side of virtio-mem (virtio 1.2, section 5.15), one request at a time as Linux has it
 * (drivers/virtio/virtio_mem.c): it plugs from the low end, 128 MiB at most a request, as much as
 * it is asked to; it unplugs from the high end; it begins with UNPLUG_ALL if anything is plugged.
 *
 * <p>Its ring and buffers lie where it is told to put them, in memory that is the guest's. Not safe
 * for use by several threads; the device may run on another.
 */
public final class MemDriver {
  /** VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE, bit 1. */
  public static final long UNPLUGGED_INACCESSIBLE = 1L << 1;

  /** Guest memory that the driver needs, in bytes. */
  public static final long BYTES = 0x2000;

  private static final long FEATURES =
      UNPLUGGED_INACCESSIBLE | BalloonFeatures.VERSION_1 | BalloonFeatures.INDIRECT_DESC;

  private static final int ACKNOWLEDGE = 1;
  private static final int DRIVER = 2;
  private static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;

  private static final int RING_SIZE = 16;
  private static final int REQUEST_BYTES = 24;
  private static final int ANSWER_BYTES = 10;
  private static final long BUFFERS = 0x1000;
  private static final long MOST_BYTES = 128L << 20;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What a request asks for. */
  private enum Type {
    PLUG(0),
    UNPLUG(1),
    UNPLUG_ALL(2);

    private final int code;

    Type(int code) {
      this.code = code;
    }
  }

  private record Request(Type type, int first, int count) {}

  private final GuestMemory memory;
  private final DeviceTransport device;
  private final long base;
  private final MemorySegment request;
  private final MemorySegment answer;
  private final BitSet plugged = new BitSet();
  private int pluggedBlocks;
  private Optional<DriverRing> ring = Optional.empty();
  private Optional<Request> sent = Optional.empty();
  private long blockBytes;
  private long regionStart;
  private int blocks;
  private boolean unplugAll;
  private boolean failed;
  private long acknowledged;
  private long refused;

  /**
   * Creates a driver that is not loaded.
   *
   * @param memory the guest's RAM
   * @param device the device
   * @param base guest-physical address of {@value #BYTES} bytes of RAM in one region, a multiple of
   *     16, for its ring and buffers
   */
  public MemDriver(GuestMemory memory, DeviceTransport device, long base) {
    this.memory = memory;
    this.device = device;
    this.base = base;
    this.request = DriverRing.slice(memory, base + BUFFERS, REQUEST_BYTES);
    this.answer = DriverRing.slice(memory, base + BUFFERS + REQUEST_BYTES, ANSWER_BYTES);
  }

  /**
   * Sets the device up, which was reset or just made.
   *
   * @throws DeviceMisbehavedException if the device does not take the features that it offers
   */
  public void load() {
    device.writeStatus(ACKNOWLEDGE | DRIVER);
    device.acceptFeatures(device.offeredFeatures() & FEATURES);
    device.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
    if ((device.status() & FEATURES_OK) == 0) {
      throw new DeviceMisbehavedException("the device refuses features that it offers");
    }
    var fresh = new DriverRing(memory, base, RING_SIZE, false);
    device.configureQueue(
        0, RING_SIZE, fresh.descriptorTable(), fresh.availableRing(), fresh.usedRing());
    device.enableQueue(0);
    ring = Optional.of(fresh);
    sent = Optional.empty();
    plugged.clear();
    pluggedBlocks = 0;
    failed = false;
    blockBytes = config(0);
    regionStart = config(16);
    blocks = (int) (config(24) / blockBytes);
    unplugAll = config(40) > 0;
    device.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
  }

  /** Forgets all: the device is being reset. */
  public void unload() {
    ring = Optional.empty();
    sent = Optional.empty();
  }

  private long config(int offset) {
    return Integer.toUnsignedLong(device.readConfig32(offset))
        | ((long) device.readConfig32(offset + 4) << Integer.SIZE);
  }

  /**
   * Takes an answer if there is one, and sends the next request if there is one to send: to be
   * called when interrupted, or to poll.
   *
   * @return whether it did anything
   */
  public boolean step() {
    if (ring.isEmpty()) {
      return false;
    }
    if (sent.isPresent()) {
      return ring.get().pollUsed() >= 0 && take(sent.get());
    }
    Optional<Request> next = failed ? Optional.empty() : next();
    next.ifPresent(this::send);
    return next.isPresent();
  }

  private boolean take(Request answered) {
    sent = Optional.empty();
    int code = answer.get(U16, 0);
    if (code == 0) {
      acknowledged++;
      switch (answered.type()) {
        case PLUG -> {
          plugged.set(answered.first(), answered.first() + answered.count());
          pluggedBlocks += answered.count();
        }
        case UNPLUG -> {
          plugged.clear(answered.first(), answered.first() + answered.count());
          pluggedBlocks -= answered.count();
        }
        case UNPLUG_ALL -> {
          plugged.clear();
          pluggedBlocks = 0;
          unplugAll = false;
        }
      }
    } else {
      refused++;
      failed = code != 1; // After NACK Linux looks again how much it is asked for.
    }
    return true;
  }

  private Optional<Request> next() {
    if (unplugAll) {
      return Optional.of(new Request(Type.UNPLUG_ALL, 0, 0));
    }
    long wanted = config(48) / blockBytes;
    long missing = wanted - pluggedBlocks;
    if (missing > 0) {
      int first = plugged.nextClearBit(0);
      int end = plugged.nextSetBit(first) < 0 ? blocks : plugged.nextSetBit(first);
      int most = (int) Math.min(missing, Math.max(1, MOST_BYTES / blockBytes));
      return Optional.of(new Request(Type.PLUG, first, Math.min(most, end - first)));
    }
    if (missing < 0) {
      int last = plugged.length() - 1;
      int first = Math.max(plugged.previousClearBit(last) + 1, (int) (last + 1 + missing));
      return Optional.of(new Request(Type.UNPLUG, first, last + 1 - first));
    }
    return Optional.empty();
  }

  private void send(Request next) {
    request.fill((byte) 0);
    request.set(U16, 0, (short) next.type().code);
    request.set(U64, 8, regionStart + next.first() * blockBytes);
    request.set(U16, 16, (short) next.count());
    sent = Optional.of(next);
    DriverRing queue = ring.orElseThrow();
    queue.makeAvailable(
        queue.add(
            List.of(
                new RingBuffer(base + BUFFERS, REQUEST_BYTES, false),
                new RingBuffer(base + BUFFERS + REQUEST_BYTES, ANSWER_BYTES, true))));
    if (queue.publish()) {
      device.notifyQueue(0);
    }
  }

  /**
   * Returns what it has plugged.
   *
   * @return bytes
   */
  public long pluggedBytes() {
    return pluggedBlocks * blockBytes;
  }

  /**
   * Returns whether it has nothing to send and waits for no answer.
   *
   * @return true if it is loaded and has as much as it is asked to have
   */
  public boolean isContent() {
    return ring.isPresent() && sent.isEmpty() && !failed && next().isEmpty();
  }

  /**
   * Counts the requests that were acknowledged.
   *
   * @return 0 or more
   */
  public long acknowledged() {
    return acknowledged;
  }

  /**
   * Counts the requests that were not.
   *
   * @return 0 or more
   */
  public long refused() {
    return refused;
  }
}
