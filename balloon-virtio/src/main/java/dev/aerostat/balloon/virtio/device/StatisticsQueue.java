package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.balloon.virtio.BalloonStatistic;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.Virtqueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;

/**
 * Reads the driver's statistics and keeps its buffer, whose return asks for the next ones (virtio
 * 1.2, section 5.5.6.3).
 *
 * <p>An entry is {@code {le16 tag, le64 value}} without padding: 10 bytes. (The "multiple of 6" of
 * section 5.5.6.3.1 is an erratum.) Unknown tags are left out; of equal tags the last counts.
 */
final class StatisticsQueue {
  private static final BalloonStatistic[] BY_TAG = BalloonStatistic.values();
  private static final int ENTRY_BYTES = 10;

  /** Four times what any driver sends; the rest of a longer message is not read. */
  private static final int MAX_ENTRIES = 64;

  /** Longest chain that is read: an honest one has one descriptor. */
  private static final int MAX_DESCRIPTORS = 64;

  private final Virtqueue queue;
  private final MessageBytes bytes;
  private final MistakeSink mistakes;
  private final BalloonCounts counts;
  private final Budget allowance = new Budget();
  private final ByteBuffer entries =
      ByteBuffer.allocate(MAX_ENTRIES * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private int held = Virtqueue.NONE;

  StatisticsQueue(Virtqueue queue, GuestMemory memory, BalloonCounts counts, MistakeSink mistakes) {
    this.queue = queue;
    this.bytes = new MessageBytes(memory, mistakes);
    this.counts = counts;
    this.mistakes = mistakes;
  }

  /** Reads until the ring is empty or the budget is spent. */
  void drain(BalloonEvents events, Budget budget) {
    while (!budget.spent() && queue.poll()) {
      budget.spend(MAX_DESCRIPTORS);
      int head = queue.take();
      if (head == Virtqueue.NONE) {
        return;
      }
      if (giveBackHeld()) {
        mistakes.report(BalloonMistake.SECOND_STATISTICS_BUFFER);
      }
      copy();
      // Held before it is told: whoever hears may ask for the next figures at once.
      held = head;
      tell(events);
    }
  }

  /** Returns the driver's buffer, which asks for fresh figures; false if there is none. */
  boolean giveBackHeld() {
    if (held == Virtqueue.NONE) {
      return false;
    }
    int head = held;
    held = Virtqueue.NONE;
    queue.giveBack(head);
    return true;
  }

  private void tell(BalloonEvents events) {
    counts.otherMessages++;
    var values = new EnumMap<BalloonStatistic, Long>(BalloonStatistic.class);
    while (entries.remaining() >= ENTRY_BYTES) {
      int tag = Short.toUnsignedInt(entries.getShort());
      long value = entries.getLong();
      if (tag < BY_TAG.length) {
        values.put(BY_TAG[tag], value);
      }
    }
    if (entries.hasRemaining()) {
      mistakes.report(BalloonMistake.RAGGED_LENGTH);
    }
    // A driver may begin with an empty buffer (section 5.5.5).
    if (!values.isEmpty()) {
      events.statistics(new BalloonStatistics(values));
    }
  }

  private void copy() {
    entries.clear();
    bytes.begin();
    allowance.refill(MAX_DESCRIPTORS);
    while (entries.hasRemaining()
        && (bytes.left() > 0 || bytes.advance(queue.chain(), allowance))) {
      entries.put(bytes.takeByte());
    }
    entries.flip();
  }
}
