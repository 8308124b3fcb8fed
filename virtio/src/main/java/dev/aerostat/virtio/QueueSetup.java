package dev.aerostat.virtio;

/** What the device answers to a queue that the driver placed. A queue that is refused stays off. */
public enum QueueSetup {
  /** The queue can be enabled. */
  ACCEPTED("the queue can be enabled"),
  /** The index is not less than {@link VirtioDevice#queueCount}. */
  NO_SUCH_QUEUE("the device has no queue of that index; read the number of queues first"),
  /** The queue is in use, or a reset is held. */
  TOO_LATE("stop the queue first, and set none up while a reset is under way"),
  /**
   * The queue was in use and is now placed otherwise, or is to go on elsewhere than where it
   * stopped: the driver has begun anew. {@linkplain VirtioDevice#reset Reset} the device, then set
   * it up as for a new driver.
   */
  RESET_FIRST("the queue was in use; to move it, or to start it elsewhere, reset the device first"),
  /** The size is no power of two, or larger than {@link VirtioDevice#maxQueueSize}. */
  BAD_SIZE("the size must be a power of two, at most the queue's maximum"),
  /** An area is not aligned as section 2.7 of virtio 1.2 asks. */
  MISALIGNED("descriptor, driver and device area must be multiples of 16, 2 and 4"),
  /** An area does not lie wholly in one region of guest memory. */
  OUTSIDE_MEMORY("each area must lie in one region of guest memory"),
  /** The queue was enabled before it was configured. */
  NOT_CONFIGURED("configure the queue before enabling it");

  private final String reason;

  QueueSetup(String reason) {
    this.reason = reason;
  }

  /**
   * Returns why, and what to do.
   *
   * @return half a sentence without a full stop
   */
  public String reason() {
    return reason;
  }
}
