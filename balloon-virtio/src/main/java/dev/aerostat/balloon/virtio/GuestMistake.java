package dev.aerostat.balloon.virtio;

/**
 * What a driver can get wrong. A mistake is counted and skipped, and its chain still returned; it
 * never throws. Those after which device and driver no longer agree also {@linkplain #needsReset
 * set DEVICE_NEEDS_RESET} (virtio 1.2, section 2.1.2).
 */
public enum GuestMistake {
  /** FEATURES_OK was asked for without MUST_TELL_HOST or VERSION_1, or with what is not offered. */
  FEATURES_REFUSED(false),
  /** DRIVER_OK was set without FEATURES_OK, or features were written after it. */
  OUT_OF_STEP(false),
  /** The set of enabled queues fits neither way of numbering them. */
  UNKNOWN_QUEUES(false),
  /** A queue was set up in a way that {@link QueueSetup} refuses. */
  QUEUE_REFUSED(false),
  /** The config space was accessed outside its size, or not with 1, 2 or 4 bytes. */
  CONFIG_ACCESS(false),
  /** A PFN beyond RAM or in a hole. */
  PAGE_OUTSIDE_MEMORY(false),
  /**
   * With 2 MiB pages, a PFN that is no multiple of 512 or whose pages leave their region: the two
   * sides mean different things by a PFN. Until a reset nothing more is ballooned; see {@link
   * BalloonDevice}.
   */
  BAD_HUGE_PAGE(true),
  /** The length of a message is not a multiple of what an entry takes. */
  RAGGED_LENGTH(false),
  /** An inflate or deflate message without a byte to read. */
  EMPTY_MESSAGE(false),
  /** A device-writable buffer where only the driver has something to say. */
  WRITABLE_BUFFER(false),
  /** A buffer or an indirect table outside guest memory. */
  BUFFER_OUTSIDE_MEMORY(false),
  /** An indirect table that is empty, of a length not a multiple of 16, or not negotiated. */
  BAD_INDIRECT_TABLE(false),
  /** An indirect table inside an indirect table. */
  NESTED_INDIRECT_TABLE(false),
  /** A chain of more than 2^32 bytes. */
  CHAIN_TOO_LONG(false),
  /** A second statistics buffer while the device still had the first. */
  SECOND_STATISTICS_BUFFER(false),
  /** The available index is ahead of what was read by more than the queue's size: it stops. */
  INDEX_OVERRUN(true),
  /** A descriptor's index is not less than the size of its table: the queue stops. */
  BAD_DESCRIPTOR_INDEX(true),
  /** A chain of more descriptors than its table has, so it runs in a circle: the queue stops. */
  DESCRIPTOR_LOOP(true),
  /** A chain was made available again before it was returned: the queue stops. */
  CHAIN_IN_USE(true);

  private final boolean needsReset;

  GuestMistake(boolean needsReset) {
    this.needsReset = needsReset;
  }

  /**
   * Says whether only a reset helps.
   *
   * @return true if the device sets DEVICE_NEEDS_RESET
   */
  public boolean needsReset() {
    return needsReset;
  }
}
