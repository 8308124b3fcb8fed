package dev.aerostat.balloon.virtio.device;

import dev.aerostat.virtio.device.Virtqueue;

/**
 * Returns reports of free pages unread (virtio 1.2, section 5.5.6.7): their pages are used again
 * without notice, so a host that maps guest memory for a device can do nothing with them.
 */
final class PageReportingQueue {
  private final Virtqueue queue;
  private final BalloonCounts counts;

  PageReportingQueue(Virtqueue queue, BalloonCounts counts) {
    this.queue = queue;
    this.counts = counts;
  }

  /** Returns reports until the ring is empty or the budget is spent. */
  void drain(Budget budget) {
    while (!budget.spent() && queue.poll()) {
      budget.spend(1);
      int head = queue.take();
      if (head == Virtqueue.NONE) {
        return;
      }
      counts.otherMessages++;
      queue.giveBack(head);
    }
  }
}
