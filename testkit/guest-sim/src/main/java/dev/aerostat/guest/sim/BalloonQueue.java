package dev.aerostat.guest.sim;

/** The queues that carry pages. Their numbers are the same in every numbering in use. */
public enum BalloonQueue {
  /** Carries pages that the guest inflates: queue 0 (virtio 1.2, section 5.5.2). */
  INFLATE(0),
  /** Carries pages that the guest takes back: queue 1 (virtio 1.2, section 5.5.2). */
  DEFLATE(1);

  private final int index;

  BalloonQueue(int index) {
    this.index = index;
  }

  /**
   * Returns the queue's number.
   *
   * @return 0 or 1
   */
  public int index() {
    return index;
  }
}
