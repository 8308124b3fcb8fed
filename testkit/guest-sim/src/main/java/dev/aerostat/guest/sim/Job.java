package dev.aerostat.guest.sim;

/** What a message is sent for. */
enum Job {
  /** The target is above the balloon. */
  INFLATE(BalloonQueue.INFLATE, true),
  /** The target is below the balloon, or the driver is removed. */
  DEFLATE(BalloonQueue.DEFLATE, true),
  /** The guest is out of memory: {@code virtio_balloon_oom_notify}. */
  OUT_OF_MEMORY(BalloonQueue.DEFLATE, true),
  /** Compaction's new page: {@code virtballoon_migratepage}, which updates no {@code actual}. */
  COMPACTION_INFLATE(BalloonQueue.INFLATE, false),
  /** Compaction's old page. */
  COMPACTION_DEFLATE(BalloonQueue.DEFLATE, false);

  private final BalloonQueue queue;
  private final boolean tellsActual;

  Job(BalloonQueue queue, boolean tellsActual) {
    this.queue = queue;
    this.tellsActual = tellsActual;
  }

  BalloonQueue queue() {
    return queue;
  }

  boolean tellsActual() {
    return tellsActual;
  }
}
