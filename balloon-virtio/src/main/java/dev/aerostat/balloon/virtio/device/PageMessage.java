package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.Virtqueue;

/**
 * The inflate or deflate message that is being read: an array of le32 PFNs (virtio 1.2, section
 * 5.5.6). It may take several turns; each PFN is read from guest memory once.
 */
final class PageMessage {
  private final Virtqueue queue;
  private final MessageBytes bytes;
  private final RunFinder runs;
  private final MistakeSink mistakes;

  private int head = Virtqueue.NONE;
  private int split;
  private int splitBytes;

  PageMessage(
      Virtqueue queue, GuestMemory memory, PfnMeaning meaning, RunSink sink, MistakeSink mistakes) {
    this.queue = queue;
    this.bytes = new MessageBytes(memory, mistakes);
    this.runs = new RunFinder(memory, meaning, sink, mistakes);
    this.mistakes = mistakes;
  }

  /** Takes the next message from the queue; returns false if there is none after all. */
  boolean begin() {
    head = queue.take();
    bytes.begin();
    runs.begin();
    splitBytes = 0;
    return head != Virtqueue.NONE;
  }

  boolean isOpen() {
    return head != Virtqueue.NONE;
  }

  int head() {
    return head;
  }

  long pages() {
    return runs.pages();
  }

  /** Leaves out all PFNs that follow. */
  void ignoreRest() {
    runs.ignoreRest();
  }

  /** Reads on; returns true if the message is read whole. */
  boolean read(BalloonEvents events, Budget budget) {
    while (!runs.ignoresRest()) {
      if (bytes.left() == 0 && !bytes.advance(queue.chain(), budget)) {
        break;
      }
      if (budget.spent()) {
        return false;
      }
      if (splitBytes > 0 || bytes.left() < Integer.BYTES) {
        addByte(events, budget);
      } else {
        addWhole(events, budget);
      }
    }
    if (!runs.ignoresRest() && !bytes.atEnd()) {
      return false;
    }
    finish(events);
    return true;
  }

  private void addWhole(BalloonEvents events, Budget budget) {
    long count = Math.min(bytes.left() / Integer.BYTES, budget.left());
    runs.addAll(events, bytes.segment(), bytes.offset(), count);
    bytes.take(count * Integer.BYTES);
    budget.spend(count);
  }

  /** A PFN may begin in one buffer or region and end in the next. */
  private void addByte(BalloonEvents events, Budget budget) {
    int shift = Byte.SIZE * splitBytes;
    split = (splitBytes == 0 ? 0 : split) | Byte.toUnsignedInt(bytes.takeByte()) << shift;
    splitBytes++;
    if (splitBytes == Integer.BYTES) {
      splitBytes = 0;
      budget.spend(1);
      runs.add(events, Integer.toUnsignedLong(split));
    }
  }

  private void finish(BalloonEvents events) {
    if (splitBytes > 0 && !runs.ignoresRest()) {
      mistakes.report(BalloonMistake.RAGGED_LENGTH);
    }
    if (bytes.isEmpty() && !runs.ignoresRest()) {
      mistakes.report(BalloonMistake.EMPTY_MESSAGE);
    }
    runs.flush(events);
  }

  /** The message was told to its end. */
  void close() {
    head = Virtqueue.NONE;
  }
}
