package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * A hostile guest that {@link Flood floods} its device, on a clock that somebody else turns. Its
 * rings and messages are well formed: it does only what no device can forbid.
 *
 * <p>It sends the same 128 messages over and over, each of 256 pages that the seed decides: too few
 * to balloon a block of memory as a whole. Not safe for use by several threads.
 */
public final class FloodingGuest {
  private static final ValueLayout.OfInt PFN =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int SIZE = BalloonDriver.QUEUE_SIZE;
  private static final int PFNS = BalloonDriver.MESSAGE_PFNS;
  private static final int MESSAGE_BYTES = PFNS * Integer.BYTES;

  /** So short that a device that does nothing else has read it before the reset. */
  private static final int SHORT_MESSAGE_BYTES = MESSAGE_BYTES / 4;

  private static final long FEATURES = BalloonFeatures.MUST_TELL_HOST | BalloonFeatures.VERSION_1;

  /** Rings and messages lie at the bottom of memory, and no message names a page there. */
  private static final long OWN_PAGES = 1024;

  private static final long RING_BYTES = 2 * Pages.SIZE;

  /** A register access that leaves the guest, to kernel or VMM and back: a microsecond or two. */
  private static final long EXIT_NANOS = 2_000;

  /** Two writes to the command register, which the VMM emulates. */
  private static final long TOGGLE_NANOS = 2 * EXIT_NANOS;

  /** From a reset's end to a driver that is up: some fifteen accesses. */
  private static final long SET_UP_NANOS = 15 * EXIT_NANOS;

  /** Device status bits (virtio 1.2, section 2.1). */
  private static final int DRIVER = 1 | 2;

  private static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;

  private final GuestMemory memory;
  private final DeviceTransport transport;
  private final GuestClock clock;
  private final Flood flood;
  private final Runnable busMastering;
  private final long base;
  private final DriverRing[] rings = new DriverRing[BalloonQueue.values().length];
  private final int[][] messageOf = new int[BalloonQueue.values().length][SIZE];
  private int next;
  private boolean stopped;

  /**
   * Creates a guest that has not yet begun.
   *
   * @param memory its RAM, of which it keeps the lowest 4 MiB: more, and so much in one region
   * @param transport its balloon device
   * @param clock its time
   * @param flood what it does without end
   * @param seed decides which pages it names
   * @param busMastering called when it enables bus mastering of its passthrough device
   * @throws IllegalArgumentException if memory has no page but those that it keeps
   */
  public FloodingGuest(
      GuestMemory memory,
      DeviceTransport transport,
      GuestClock clock,
      Flood flood,
      long seed,
      Runnable busMastering) {
    this.memory = memory;
    this.transport = transport;
    this.clock = clock;
    this.flood = flood;
    this.busMastering = busMastering;
    this.base = memory.region(0).range().start() + Pages.SIZE;
    if (memory.pages() <= OWN_PAGES) {
      throw new IllegalArgumentException(
          "a flooding guest of %d bytes: expected more than the %d it keeps"
              .formatted(memory.bytes(), Pages.toBytes(OWN_PAGES)));
    }
    writeMessages(new SplittableRandom(seed));
    layOutRings();
  }

  private void writeMessages(SplittableRandom random) {
    for (int message = 0; message < SIZE; message++) {
      MemorySegment pfns = DriverRing.slice(memory, address(message), MESSAGE_BYTES);
      for (int i = 0; i < PFNS; i++) {
        pfns.setAtIndex(PFN, i, (int) page(random.nextLong(OWN_PAGES, memory.pages())));
      }
    }
  }

  /** Returns the number of the page that has so many pages of RAM before it. */
  private long page(long before) {
    long left = before;
    for (int region = 0; ; region++) {
      GuestRange range = memory.region(region).range();
      long pages = range.endPage() - range.firstPage();
      if (left < pages) {
        return range.firstPage() + left;
      }
      left -= pages;
    }
  }

  private long address(int message) {
    return base + rings.length * RING_BYTES + (long) message * MESSAGE_BYTES;
  }

  private void layOutRings() {
    for (int queue = 0; queue < rings.length; queue++) {
      rings[queue] = new DriverRing(memory, base + queue * RING_BYTES, SIZE, false);
    }
  }

  /** Resets the device, sets it up, and floods it. */
  public void load() {
    transport.writeStatus(0);
    awaitReset();
  }

  /** Stops its virtual processors: from now on it does nothing. */
  public void stop() {
    stopped = true;
  }

  private void awaitReset() {
    if (transport.status() == 0) {
      setUp();
      flood();
    } else {
      after(EXIT_NANOS, this::awaitReset);
    }
  }

  private void setUp() {
    transport.writeStatus(DRIVER);
    transport.acceptFeatures(transport.offeredFeatures() & FEATURES);
    transport.writeStatus(DRIVER | FEATURES_OK);
    layOutRings();
    for (BalloonQueue queue : BalloonQueue.values()) {
      DriverRing ring = ring(queue);
      transport.configureQueue(
          queue.index(), SIZE, ring.descriptorTable(), ring.availableRing(), ring.usedRing());
      transport.enableQueue(queue.index());
    }
    transport.writeStatus(DRIVER | FEATURES_OK | DRIVER_OK);
  }

  private void flood() {
    switch (flood) {
      case INFLATES, CHURN -> fill();
      case RESETS -> {
        offer(BalloonQueue.INFLATE, next++ % SIZE, SHORT_MESSAGE_BYTES);
        publish(BalloonQueue.INFLATE);
        after(SET_UP_NANOS, this::load);
      }
      case KICKS -> kick();
      case BUS_MASTERING -> toggle();
    }
  }

  private void after(long nanos, Runnable action) {
    clock.after(
        nanos,
        () -> {
          if (!stopped) {
            action.run();
          }
        });
  }

  private void fill() {
    for (int message = 0; message < SIZE; message++) {
      offer(BalloonQueue.INFLATE, message, MESSAGE_BYTES);
    }
    publish(BalloonQueue.INFLATE);
  }

  private void kick() {
    for (BalloonQueue queue : BalloonQueue.values()) {
      transport.notifyQueue(queue.index());
    }
    after(EXIT_NANOS, this::kick);
  }

  private void toggle() {
    busMastering.run();
    after(TOGGLE_NANOS, this::toggle);
  }

  /**
   * Called when the device has used buffers of a queue: they are sent again.
   *
   * @param index of the queue
   * @throws DeviceMisbehavedException if the used ring holds what was never made available
   */
  public void onQueueInterrupt(int index) {
    boolean inflate = index == BalloonQueue.INFLATE.index();
    BalloonQueue queue = inflate ? BalloonQueue.INFLATE : BalloonQueue.DEFLATE;
    BalloonQueue other =
        inflate && flood == Flood.CHURN ? BalloonQueue.DEFLATE : BalloonQueue.INFLATE;
    boolean again = !stopped && (flood == Flood.INFLATES || flood == Flood.CHURN);
    boolean sent = false;
    for (int head = ring(queue).pollUsed(); head >= 0; head = ring(queue).pollUsed()) {
      if (again) {
        offer(other, messageOf[index][head], MESSAGE_BYTES);
        sent = true;
      }
    }
    if (sent) {
      publish(other);
    }
  }

  private void offer(BalloonQueue queue, int message, int bytes) {
    int head = ring(queue).add(address(message), bytes);
    messageOf[queue.index()][head] = message;
    ring(queue).makeAvailable(head);
  }

  private void publish(BalloonQueue queue) {
    if (ring(queue).publish()) {
      transport.notifyQueue(queue.index());
    }
  }

  private DriverRing ring(BalloonQueue queue) {
    return rings[queue.index()];
  }
}
