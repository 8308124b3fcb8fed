package dev.aerostat.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.VirtioFeatures;
import dev.aerostat.virtio.VirtioMistake;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The device's end of a split virtqueue (virtio 1.2, section 2.7), in guest memory in place.
 *
 * <p>Indexes are 16 bits and wrap; each is read from guest memory once a look and then trusted only
 * as far as it was checked.
 */
public final class SplitVirtqueue implements Virtqueue {
  private static final int INDEX_MASK = 0xffff;
  private static final int NEVER = -1;

  private final int index;
  private final int size;
  private final MemorySegment driverArea;
  private final MemorySegment deviceArea;
  private final boolean eventIndex;
  private final DescriptorChain chain;
  private final QueueInterrupts interrupts;
  private final MistakeSink mistakes;
  private final boolean[] taken;

  private int nextToRead;
  private int seen;
  private int published;
  private int armedAt = NEVER;
  private boolean broken;
  private boolean stopped;

  /** Chains given back while the queue was stopped, in that order; made at the first of them. */
  private int[] owed = {};

  /** What was written into each of them. */
  private int[] owedWritten = {};

  private int owedCount;
  private int out;

  /** Where a queue's interrupts go. */
  public interface QueueInterrupts {
    /**
     * Called when the driver is to be interrupted, on the event thread. Must not block.
     *
     * @param queue index of the queue
     */
    void interrupt(int queue);
  }

  /**
   * Opens a queue whose layout {@link QueueRegisters} has accepted.
   *
   * @param index of the queue
   * @param layout where the driver placed it
   * @param features those in force
   * @param memory the guest's RAM
   * @param interrupts called where the driver asked for it
   * @param mistakes where the driver's mistakes go
   */
  public SplitVirtqueue(
      int index,
      QueueLayout layout,
      long features,
      GuestMemory memory,
      QueueInterrupts interrupts,
      MistakeSink mistakes) {
    this.index = index;
    this.size = layout.size();
    this.nextToRead = layout.firstIndex() & INDEX_MASK;
    this.seen = nextToRead;
    var cursor = new GuestCursor(memory);
    var descriptors = area(cursor, layout.descriptorArea(), SplitRing.descriptorAreaBytes(size));
    this.driverArea = area(cursor, layout.driverArea(), SplitRing.driverAreaBytes(size));
    this.deviceArea = area(cursor, layout.deviceArea(), SplitRing.deviceAreaBytes(size));
    this.eventIndex = (features & VirtioFeatures.EVENT_IDX) != 0;
    this.interrupts = interrupts;
    this.mistakes = mistakes;
    this.taken = new boolean[size];
    boolean indirect = (features & VirtioFeatures.INDIRECT_DESC) != 0;
    this.chain = new DescriptorChain(descriptors, indirect, memory, this::report);
    // What was read before the first index and not returned is not ours to return.
    this.published = SplitRing.acquire16(deviceArea, SplitRing.INDEX);
    // With event indexes the flags are 0 (section 2.7.10); without, arming writes it again.
    SplitRing.release16(deviceArea, SplitRing.FLAGS, SplitRing.NOTIFY);
  }

  private static MemorySegment area(GuestCursor cursor, long address, long bytes) {
    cursor.moveTo(address);
    return cursor.segment().asSlice(cursor.offset(), bytes);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public DescriptorChain chain() {
    return chain;
  }

  @Override
  public boolean isStopped() {
    return stopped;
  }

  /**
   * Leaves the ring alone until {@link #resume}; nothing of what was read is forgotten.
   *
   * @return where it stands
   */
  public QueuePosition stop() {
    stopped = true;
    return position();
  }

  /**
   * Returns where the queue stands.
   *
   * @return the next chain to read, and whether any is out
   */
  public QueuePosition position() {
    return new QueuePosition(nextToRead, out > 0);
  }

  /** Goes on where it was stopped, and returns what was given back meanwhile. */
  public void resume() {
    stopped = false;
    armedAt = NEVER;
    published = SplitRing.acquire16(deviceArea, SplitRing.INDEX);
    for (int i = 0; i < owedCount; i++) {
      publish(owed[i], owedWritten[i]);
    }
    owedCount = 0;
  }

  @Override
  public void look() {
    if (broken || stopped) {
      return;
    }
    int now = SplitRing.acquire16(driverArea, SplitRing.INDEX);
    if (((now - nextToRead) & INDEX_MASK) > size) {
      report(VirtioMistake.INDEX_OVERRUN);
    } else {
      seen = now;
    }
  }

  @Override
  public boolean hasNext() {
    return seen != nextToRead && !broken && !stopped;
  }

  @Override
  public int unread() {
    return (seen - nextToRead) & INDEX_MASK;
  }

  /**
   * The only place where the driver is asked to ring, so that none arms without a look after it.
   */
  @Override
  public boolean rearm() {
    if (!broken && !stopped && !isArmed()) {
      arm();
    }
    look();
    return hasNext();
  }

  /** Without event indexes the driver rings forevery chain once it was asked to. */
  private boolean isArmed() {
    return eventIndex ? armedAt == nextToRead : armedAt != NEVER;
  }

  private void arm() {
    armedAt = nextToRead;
    if (eventIndex) {
      SplitRing.release16(deviceArea, availEventOffset(), nextToRead);
    } else {
      SplitRing.release16(deviceArea, SplitRing.FLAGS, SplitRing.NOTIFY);
    }
    // The driver adds a chain, then reads what we wrote; we wrote it, then look: one of us sees.
    VarHandle.fullFence();
  }

  @Override
  public int take() {
    long slot = SplitRing.ENTRIES + 2L * (nextToRead & (size - 1));
    int head = SplitRing.read16(driverArea, slot);
    nextToRead = (nextToRead + 1) & INDEX_MASK;
    if (head >= size) {
      report(VirtioMistake.BAD_DESCRIPTOR_INDEX);
      return NONE;
    }
    if (taken[head]) {
      report(VirtioMistake.CHAIN_IN_USE);
      return NONE;
    }
    taken[head] = true;
    out++;
    chain.begin(head);
    return head;
  }

  @Override
  public void giveBack(int head, int written) {
    if (stopped) {
      owe(head, written);
    } else {
      publish(head, written);
    }
  }

  private void owe(int head, int written) {
    if (owed.length == 0) {
      owed = new int[size];
      owedWritten = new int[size];
    }
    owed[owedCount] = head;
    owedWritten[owedCount++] = written;
  }

  private void publish(int head, int written) {
    out--;
    taken[head] = false;
    long element =
        SplitRing.ENTRIES + (long) SplitRing.USED_ELEMENT_BYTES * (published & (size - 1));
    SplitRing.writeUsed(deviceArea, element, head, written);
    published = (published + 1) & INDEX_MASK;
    SplitRing.release16(deviceArea, SplitRing.INDEX, published);
    // The driver re-arms, then looks at the used index; we wrote it, now see how it is armed.
    VarHandle.fullFence();
    if (wantsInterrupt()) {
      interrupts.interrupt(index);
    }
  }

  /** Section 2.7.7: by event index if negotiated, else by the driver's flag. */
  private boolean wantsInterrupt() {
    if (!eventIndex) {
      return (SplitRing.read16(driverArea, SplitRing.FLAGS) & SplitRing.NO_INTERRUPT) == 0;
    }
    int usedEvent = SplitRing.read16(driverArea, SplitRing.ENTRIES + 2L * size);
    return ((published - 1) & INDEX_MASK) == usedEvent;
  }

  private long availEventOffset() {
    return SplitRing.ENTRIES + (long) SplitRing.USED_ELEMENT_BYTES * size;
  }

  private void report(GuestMistake mistake) {
    broken |= mistake.needsReset();
    mistakes.report(mistake);
  }
}
