package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A balloon device of a few lines, which reads the rings with its own code and does what a test
 * reports it. It acknowledges a message after a delay, or at once, inside the notification.
 */
final class FakeDevice implements DeviceTransport {
  static final long OFFERED = BalloonFeatures.LINUX | 1L << BalloonFeatures.HUGE_PAGES_BIT;

  /** A message as it was read, with the time it was read at. */
  record Message(long nanos, BalloonQueue queue, List<Long> pfns) {}

  final List<Message> messages = new ArrayList<>();
  final List<Integer> statuses = new ArrayList<>();
  final List<Integer> actuals = new ArrayList<>();
  long offered = OFFERED;
  long accepted;
  long ackDelayNanos = -1;
  boolean holdReset;
  boolean refuse;
  boolean recording = true;
  boolean keepAcks;
  int target;
  long pfnsRead;
  int mostInFlight;
  int notifications;
  private final MemorySegment ram;
  private final long ramBase;
  private final StepClock clock;
  private final long[][] rings = new long[2][4];
  private int resets;
  private final int[] seen = new int[2];
  private int status;
  private int inFlight;
  private IntConsumer queueInterrupt = queue -> {};
  private Runnable configInterrupt = () -> {};

  /** Serves rings that lie in the lowest region. */
  FakeDevice(GuestMemory memory, StepClock clock) {
    this.ram = memory.region(0).segment();
    this.ramBase = memory.region(0).range().start();
    this.clock = clock;
  }

  void connect(SimulatedGuest connected) {
    queueInterrupt = connected::onQueueInterrupt;
    configInterrupt = connected::onConfigInterrupt;
  }

  void connect(IntConsumer connected) {
    queueInterrupt = connected;
  }

  void setTarget(long pages) {
    target = (int) pages;
    configInterrupt.run();
  }

  @Override
  public long offeredFeatures() {
    return offered;
  }

  @Override
  public void acceptFeatures(long features) {
    accepted = features;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public void writeStatus(int written) {
    statuses.add(written);
    if (written == 0) {
      resets++;
      inFlight = 0;
      status = holdReset ? status : 0;
    } else {
      status = refuse ? written & ~8 : written;
    }
  }

  void completeReset() {
    holdReset = false;
    status = 0;
  }

  @Override
  public int readConfig32(int offset) {
    return offset == 0 ? target : -1;
  }

  @Override
  public void writeConfig32(int offset, int value) {
    if (offset == 4) {
      actuals.add(value);
    }
  }

  @Override
  public void configureQueue(int queue, int size, long descriptors, long available, long used) {
    rings[queue] = new long[] {size, descriptors - ramBase, available - ramBase, used - ramBase};
    seen[queue] = 0;
  }

  @Override
  public void enableQueue(int queue) {
    statuses.add(1000 + queue);
  }

  @Override
  public void notifyQueue(int queue) {
    notifications++;
    long[] ring = rings[queue];
    int index = u16(ring[2] + 2);
    while (seen[queue] != index) {
      int head = u16(ring[2] + 4 + 2 * (seen[queue] & (ring[0] - 1)));
      seen[queue] = (seen[queue] + 1) & 0xFFFF;
      askForNotification(ring, seen[queue]);
      read(queue, ring[1] + 16L * head);
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      acknowledge(queue, head, ring);
    }
  }

  /** With the event index, wants to hear of the next buffer. */
  private void askForNotification(long[] ring, int next) {
    if ((accepted & BalloonFeatures.EVENT_IDX) != 0) {
      ram.set(ValueLayout.JAVA_SHORT, ring[3] + 4 + 8 * ring[0], (short) next);
    }
  }

  private void read(int queue, long descriptor) {
    long address = ram.get(ValueLayout.JAVA_LONG, descriptor) - ramBase;
    int count = ram.get(ValueLayout.JAVA_INT, descriptor + 8) / 4;
    pfnsRead += count;
    if (recording) {
      var pfns = new ArrayList<Long>();
      for (int i = 0; i < count; i++) {
        pfns.add(Integer.toUnsignedLong(ram.get(ValueLayout.JAVA_INT, address + 4L * i)));
      }
      BalloonQueue kind = queue == 0 ? BalloonQueue.INFLATE : BalloonQueue.DEFLATE;
      messages.add(new Message(clock.now(), kind, pfns));
    }
  }

  private void acknowledge(int queue, int head, long[] ring) {
    int life = resets;
    if (ackDelayNanos < 0) {
      use(life, queue, head, ring);
    } else if (!keepAcks) {
      clock.after(ackDelayNanos, () -> use(life, queue, head, ring));
    }
  }

  /** Uses a chain, unless the device has been reset in the meantime. */
  private void use(int life, int queue, int head, long[] ring) {
    if (life == resets) {
      inFlight--;
      int index = u16(ring[3] + 2);
      long element = ring[3] + 4 + 8 * (index & (ring[0] - 1));
      ram.set(ValueLayout.JAVA_INT, element, head);
      ram.set(ValueLayout.JAVA_INT, element + 4, 0);
      writeUsedIndex(queue, index + 1);
    }
  }

  /** Writes any used index, honest or not, and interrupts. */
  void writeUsedIndex(int queue, int index) {
    ram.set(ValueLayout.JAVA_SHORT, rings[queue][3] + 2, (short) index);
    queueInterrupt.accept(queue);
  }

  /** Writes any used element, honest or not. */
  void writeUsedElement(int queue, int slot, int head) {
    ram.set(ValueLayout.JAVA_INT, rings[queue][3] + 4 + 8L * slot, head);
  }

  private int u16(long offset) {
    return ram.get(ValueLayout.JAVA_SHORT, offset) & 0xFFFF;
  }
}
