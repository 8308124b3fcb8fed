package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The part of a balloon driver that speaks to the device: negotiation, the two queues, messages of
 * at most 256 PFNs, at most one in flight a queue. Whoever uses it chooses the pages.
 *
 * <p>Not safe for use by several threads. Sending and completing allocate nothing.
 */
public final class BalloonDriver {
  /** PFNs in a message: VIRTIO_BALLOON_ARRAY_PFNS_MAX of Linux's {@code virtio_balloon.c}. */
  public static final int MESSAGE_PFNS = 256;

  /** Descriptors in a queue, as QEMU gives its balloon. */
  public static final int QUEUE_SIZE = 128;

  private static final ValueLayout.OfInt PFN =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long BUFFER_BYTES = MESSAGE_PFNS * PFN.byteSize();
  private static final long QUEUE_BYTES =
      roundUp(BUFFER_BYTES + DriverRing.bytes(QUEUE_SIZE), Pages.SIZE);

  /** Bytes of guest memory that the rings and message buffers take. */
  public static final long RING_BYTES = BalloonQueue.values().length * QUEUE_BYTES;

  /** Config space: the target, {@code num_pages} (virtio 1.2, section 5.5.4). */
  private static final int NUM_PAGES = 0;

  /** Config space: the balloon's size, {@code actual} (virtio 1.2, section 5.5.4). */
  private static final int ACTUAL = 4;

  /** Device status bits (virtio 1.2, section 2.1). */
  private static final int ACKNOWLEDGE = 1;

  private static final int DRIVER = 2;
  private static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;
  private static final int FAILED = 128;

  private final GuestMemory memory;
  private final DeviceTransport transport;
  private final long ringAddress;
  private final Lane[] lanes = new Lane[BalloonQueue.values().length];
  private long features;
  private BalloonPage balloonPage = BalloonPage.SMALL;
  private long ballooned;

  /**
   * Creates a driver that has not yet spoken to its device.
   *
   * @param memory the guest's RAM
   * @param transport the device
   * @param ringAddress guest-physical address of {@link #RING_BYTES} bytes of RAM in one region,
   *     never ballooned; a multiple of 4 KiB
   * @throws IllegalArgumentException if the rings would not lie in RAM, or the address is unaligned
   */
  public BalloonDriver(GuestMemory memory, DeviceTransport transport, long ringAddress) {
    if (ringAddress % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "rings at 0x%x: expected a multiple of 0x%x".formatted(ringAddress, Pages.SIZE));
    }
    this.memory = memory;
    this.transport = transport;
    this.ringAddress = ringAddress;
    layOutRings(false);
  }

  private void layOutRings(boolean eventIndex) {
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = new Lane(memory, ringAddress + i * QUEUE_BYTES, eventIndex);
    }
  }

  /** Asks the device for a reset. The balloon counts as empty from now on. */
  public void reset() {
    ballooned = 0;
    features = 0;
    balloonPage = BalloonPage.SMALL;
    transport.writeStatus(0);
  }

  /**
   * Returns whether the device has completed a reset.
   *
   * @return true if its status reads 0
   */
  public boolean resetComplete() {
    return transport.status() == 0;
  }

  /**
   * Negotiates features and starts the queues, in the order of virtio 1.2, section 3.1.1: call it
   * once after a reset.
   *
   * @param wanted features to accept where offered, as in {@link BalloonFeatures}
   * @param hugePages mask of the private bit for 2 MiB balloon pages to accept where offered, or 0
   * @return true if the device is ready; false if it withheld FEATURES_OK, and then the status says
   *     FAILED
   * @throws IllegalStateException if the device is not reset
   */
  public boolean negotiate(long wanted, long hugePages) {
    if (!resetComplete()) {
      throw new IllegalStateException(
          "device status is 0x%x: reset it, and wait for that".formatted(transport.status()));
    }
    transport.writeStatus(ACKNOWLEDGE);
    transport.writeStatus(ACKNOWLEDGE | DRIVER);
    long accepted = transport.offeredFeatures() & (wanted | hugePages);
    transport.acceptFeatures(accepted);
    transport.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
    if ((transport.status() & FEATURES_OK) == 0) {
      transport.writeStatus(ACKNOWLEDGE | DRIVER | FAILED);
      return false;
    }
    features = accepted;
    balloonPage = (accepted & hugePages) != 0 ? BalloonPage.HUGE : BalloonPage.SMALL;
    startQueues();
    transport.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    return true;
  }

  private void startQueues() {
    layOutRings((features & BalloonFeatures.EVENT_IDX) != 0);
    for (BalloonQueue queue : BalloonQueue.values()) {
      DriverRing ring = lane(queue).ring;
      transport.configureQueue(
          queue.index(),
          ring.size(),
          ring.descriptorTable(),
          ring.availableRing(),
          ring.usedRing());
      transport.enableQueue(queue.index());
    }
  }

  /**
   * Returns the features in force.
   *
   * @return those accepted, 0 before {@link #negotiate}
   */
  public long features() {
    return features;
  }

  /**
   * Returns what a PFN stands for.
   *
   * @return {@link BalloonPage#SMALL} unless 2 MiB pages were negotiated
   */
  public BalloonPage balloonPage() {
    return balloonPage;
  }

  /**
   * Reads how large the device asks the balloon to be.
   *
   * @return 4 KiB pages, 0 to 2^32 - 1
   */
  public long target() {
    return Integer.toUnsignedLong(transport.readConfig32(NUM_PAGES));
  }

  /**
   * Returns the size of the balloon.
   *
   * @return 4 KiB pages: those inflated, less those deflated, in completed messages
   */
  public long ballooned() {
    return ballooned;
  }

  /**
   * Writes the size of the balloon to the device, as Linux does after each message but
   * compaction's.
   */
  public void writeActual() {
    transport.writeConfig32(ACTUAL, (int) ballooned);
  }

  /**
   * Adds a run of PFNs to the message that the queue is to send next.
   *
   * @param queue which one
   * @param firstPfn the first PFN of the run, in 4 KiB units; what does not fit 32 bits is cut off
   * @param count how many, 0 to {@link #room}
   * @param stride from one PFN to the next, in 4 KiB units: 1 or 512 up, -1 or -512 down
   * @throws IllegalStateException if a message of that queue is in flight, or has no room
   */
  public void append(BalloonQueue queue, long firstPfn, int count, int stride) {
    lane(queue).append(firstPfn, count, stride);
  }

  /**
   * Returns how many PFNs more fit into the message that the queue is to send next.
   *
   * @param queue which one
   * @return 0 to 256
   */
  public int room(BalloonQueue queue) {
    return MESSAGE_PFNS - lane(queue).count;
  }

  /**
   * Sends the message put together by {@link #append} and notifies the device if it wants that. The
   * device may complete it, and raise interrupts, before this returns.
   *
   * @param queue which one
   * @throws IllegalStateException if the message is empty, or one of that queue is in flight
   */
  public void send(BalloonQueue queue) {
    if (lane(queue).send()) {
      transport.notifyQueue(queue.index());
    }
  }

  /**
   * Looks whether the message in flight has been acknowledged, and counts its pages if so.
   *
   * @param queue which one
   * @return true if it has, now; false if it has not, or none is in flight
   * @throws DeviceMisbehavedException if the used ring holds what was never made available
   */
  public boolean complete(BalloonQueue queue) {
    Lane lane = lane(queue);
    int pfns = lane.complete();
    long pages = (long) pfns << balloonPage.shift();
    ballooned += queue == BalloonQueue.INFLATE ? pages : -pages;
    return pfns > 0;
  }

  private Lane lane(BalloonQueue queue) {
    return lanes[queue.index()];
  }

  private static long roundUp(long value, long multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  /** A queue and its one message buffer. */
  private static final class Lane {
    private final DriverRing ring;
    private final long bufferAddress;
    private final MemorySegment buffer;
    private int count;
    private boolean inFlight;

    Lane(GuestMemory memory, long address, boolean eventIndex) {
      bufferAddress = address;
      ring = new DriverRing(memory, address + BUFFER_BYTES, QUEUE_SIZE, eventIndex);
      buffer = DriverRing.slice(memory, address, BUFFER_BYTES);
    }

    void append(long firstPfn, int run, int stride) {
      checkIdle();
      if (run < 0 || run > MESSAGE_PFNS - count) {
        throw new IllegalStateException(
            "a run of %d PFNs after %d: a message holds %d".formatted(run, count, MESSAGE_PFNS));
      }
      int pfn = (int) firstPfn;
      for (int i = 0; i < run; i++) {
        buffer.setAtIndex(PFN, count + i, pfn + i * stride);
      }
      count += run;
    }

    boolean send() {
      checkIdle();
      if (count == 0) {
        throw new IllegalStateException("a message without PFNs: append some first");
      }
      inFlight = true;
      ring.makeAvailable(ring.add(bufferAddress, count * (int) PFN.byteSize()));
      return ring.publish();
    }

    int complete() {
      if (ring.pollUsed() < 0) {
        return 0;
      }
      int pfns = count;
      count = 0;
      inFlight = false;
      return pfns;
    }

    private void checkIdle() {
      if (inFlight) {
        throw new IllegalStateException("a message is in flight: complete it first");
      }
    }
  }
}
