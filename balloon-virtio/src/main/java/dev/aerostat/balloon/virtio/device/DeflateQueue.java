package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.Virtqueue;
import java.util.BitSet;

/** Reads deflate messages and keeps each until it is acknowledged. */
final class DeflateQueue implements RunSink {
  private final Virtqueue queue;
  private final GuestMemory memory;
  private final PageMessage message;
  private final BitSet waiting;
  private final BalloonCounts counts;
  private long clippedPages;

  DeflateQueue(
      Virtqueue queue,
      GuestMemory memory,
      PfnMeaning meaning,
      BalloonCounts counts,
      MistakeSink mistakes) {
    this.queue = queue;
    this.memory = memory;
    this.message = new PageMessage(queue, memory, meaning, this, mistakes);
    this.waiting = new BitSet(queue.size());
    this.counts = counts;
  }

  /**
   * Notes how far the driver has come: {@link #drain} goes so far and no further. Done before the
   * inflate queue is drained, so that a page whose inflate was made available before its deflate is
   * also read before it.
   */
  void look() {
    queue.look();
  }

  /** Reads what the last look saw; returns true if there is more by now. */
  boolean drain(BalloonEvents events, Budget budget) {
    while (!budget.spent() && !queue.isStopped()) {
      if (!message.isOpen()) {
        if (!queue.hasNext()) {
          return queue.rearm();
        }
        if (!events.acceptsDeflate() || !begin(events)) {
          return false;
        }
      }
      if (message.read(events, budget)) {
        end(events);
      }
    }
    return false;
  }

  private boolean begin(BalloonEvents events) {
    if (!message.begin()) {
      return false;
    }
    clippedPages = 0;
    events.deflateBegin(message.head());
    return true;
  }

  private void end(BalloonEvents events) {
    int token = message.head();
    long pages = message.pages() + clippedPages;
    message.close();
    waiting.set(token);
    counts.deflateMessages++;
    counts.deflatePages += pages;
    events.deflateEnd(token, pages);
  }

  /** Returns a message to the driver. */
  void acknowledge(int token) {
    if (token < 0 || !waiting.get(token)) {
      throw new IllegalStateException(
          "no deflate message of token %d waits; acknowledge each once, after its deflateEnd"
              .formatted(token));
    }
    waiting.clear(token);
    counts.deflateAcknowledged++;
    queue.giveBack(token);
  }

  /** Returns all messages that were read whole to the driver. */
  void acknowledgeAll() {
    for (int token = waiting.nextSetBit(0); token >= 0; token = waiting.nextSetBit(token + 1)) {
      acknowledge(token);
    }
  }

  @Override
  public void run(BalloonEvents events, long firstPage, long endPage, boolean descending) {
    counts.deflateRuns++;
    events.deflated(message.head(), firstPage, endPage);
  }

  /** The guest will use whatever it means by this PFN: all RAM that it can name is leaving. */
  @Override
  public void badHugePage(BalloonEvents events, long pfn) {
    for (int i = memory.regionAtOrAfter(pfn); i < memory.regionCount(); i++) {
      GuestRange region = memory.region(i).range();
      long first = Math.max(pfn, region.firstPage());
      long end = Math.min(pfn + PfnMeaning.HUGE, region.endPage());
      if (first >= end) {
        return;
      }
      clippedPages += end - first;
      run(events, first, end, false);
    }
  }
}
