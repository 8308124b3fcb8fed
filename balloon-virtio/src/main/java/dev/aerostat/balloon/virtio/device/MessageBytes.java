package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.VirtioMistake;
import dev.aerostat.virtio.device.DescriptorChain;
import dev.aerostat.virtio.device.GuestCursor;
import dev.aerostat.virtio.device.MistakeSink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The device-readable bytes of a chain, piece by piece: a piece lies in one buffer and in one
 * region. How a driver cuts a message into buffers means nothing (virtio 1.2, section 2.7.4.1).
 *
 * <p>Buffers that are none of the driver's to send are reported and left out.
 */
final class MessageBytes {
  private final GuestCursor cursor;
  private final MistakeSink mistakes;

  private boolean atEnd = true;
  private boolean anyMistake;
  private long total;

  private long bufferAddress;
  private long bufferLeft;
  private MemorySegment segment = MemorySegment.NULL;
  private long offset;
  private long left;

  MessageBytes(GuestMemory memory, MistakeSink mistakes) {
    this.cursor = new GuestCursor(memory);
    this.mistakes = mistakes;
  }

  void begin() {
    atEnd = false;
    anyMistake = false;
    total = 0;
    bufferLeft = 0;
    left = 0;
  }

  /**
   * Moves to the next piece once this one is used up; a descriptor costs 1.
   *
   * @return false if the message ends or the budget is spent; see {@link #atEnd}
   */
  boolean advance(DescriptorChain chain, Budget budget) {
    while (bufferLeft == 0) {
      if (atEnd || budget.spent()) {
        return false;
      }
      budget.spend(1);
      nextBuffer(chain);
    }
    left = Math.min(bufferLeft, cursor.moveTo(bufferAddress));
    segment = cursor.segment();
    offset = cursor.offset();
    bufferAddress += left;
    bufferLeft -= left;
    return true;
  }

  private void nextBuffer(DescriptorChain chain) {
    if (!chain.advance()) {
      atEnd = true;
      anyMistake |= chain.cut();
    } else if (chain.writable()) {
      skip(VirtioMistake.WRITABLE_BUFFER);
    } else if (chain.length() > 0 && !cursor.isMemory(chain.address(), chain.length())) {
      skip(VirtioMistake.BUFFER_OUTSIDE_MEMORY);
    } else {
      bufferAddress = chain.address();
      bufferLeft = chain.length();
      total += bufferLeft;
    }
  }

  private void skip(GuestMistake mistake) {
    anyMistake = true;
    mistakes.report(mistake);
  }

  /** Takes the next byte of this piece, which has one left. */
  byte takeByte() {
    byte value = segment.get(ValueLayout.JAVA_BYTE, offset);
    take(1);
    return value;
  }

  /** Goes past bytes of this piece. */
  void take(long bytes) {
    offset += bytes;
    left -= bytes;
  }

  /** Whether the message has no byte beyond this piece, once {@link #advance} has said so. */
  boolean atEnd() {
    return atEnd;
  }

  /** Whether the driver sent no byte and there is no other mistake to explain that. */
  boolean isEmpty() {
    return total == 0 && !anyMistake;
  }

  MemorySegment segment() {
    return segment;
  }

  long offset() {
    return offset;
  }

  /** Bytes left in this piece. */
  long left() {
    return left;
  }
}
