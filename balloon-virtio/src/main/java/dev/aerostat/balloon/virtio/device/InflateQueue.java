package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.Virtqueue;

/** Reads inflate messages and returns each as soon as it was told. */
final class InflateQueue implements RunSink {
  private final Virtqueue queue;
  private final PageMessage message;
  private final BalloonCounts counts;
  private boolean refusesPages;
  private boolean overtaken;

  /** So many of the next messages may name what was deflated since. */
  private int doubtful;

  InflateQueue(
      Virtqueue queue,
      GuestMemory memory,
      PfnMeaning meaning,
      BalloonCounts counts,
      MistakeSink mistakes) {
    this.queue = queue;
    this.message = new PageMessage(queue, memory, meaning, this, mistakes);
    this.counts = counts;
  }

  /** From now on nothing is ballooned: messages are returned unread. */
  void refusePages() {
    refusesPages = true;
    message.ignoreRest();
  }

  /**
   * A deflate message was read while this queue was stopped or absent. What the driver made
   * available before may name pages that it has deflated since, so none of that is ballooned.
   */
  void overtaken() {
    overtaken = true;
  }

  boolean isStopped() {
    return queue.isStopped();
  }

  boolean isOvertaken() {
    return overtaken;
  }

  /** Reads until the ring is empty or the budget is spent. */
  void drain(BalloonEvents events, Budget budget) {
    if (overtaken && !queue.isStopped()) {
      overtaken = false;
      queue.look();
      doubtful = queue.unread();
      message.ignoreRest();
    }
    while (!budget.spent() && !queue.isStopped()) {
      if (!message.isOpen() && !(queue.poll() && begin(budget))) {
        return;
      }
      if (message.read(events, budget)) {
        end(events);
      }
    }
  }

  private boolean begin(Budget budget) {
    boolean begun = message.begin();
    if (refusesPages || doubtful > 0) {
      doubtful = Math.max(0, doubtful - 1);
      budget.spend(1);
      message.ignoreRest();
    }
    return begun;
  }

  private void end(BalloonEvents events) {
    int head = message.head();
    message.close();
    counts.inflateMessages++;
    counts.inflatePages += message.pages();
    try {
      events.inflateMessageEnd(message.pages());
    } finally {
      queue.giveBack(head); // Whatever its reader throws, the driver waits for it.
    }
  }

  @Override
  public void run(BalloonEvents events, long firstPage, long endPage, boolean descending) {
    counts.inflateRuns++;
    events.inflated(firstPage, endPage, descending);
  }

  /** Nothing of it is ballooned; {@link BalloonDevice} refuses what follows. */
  @Override
  public void badHugePage(BalloonEvents events, long pfn) {}
}
