package dev.aerostat.virtio;

/** What a driver can get wrong with a device of any class. */
public enum VirtioMistake implements GuestMistake {
  /** FEATURES_OK was asked for without what the device requires, or with what is not offered. */
  FEATURES_REFUSED(false),
  /** DRIVER_OK was set without FEATURES_OK, or features were written after it. */
  OUT_OF_STEP(false),
  /** A queue was set up in a way that {@link QueueSetup} refuses. */
  QUEUE_REFUSED(false),
  /** The config space was accessed outside its size, or not with 1, 2, 4 or 8 bytes. */
  CONFIG_ACCESS(false),
  /** A device-writable buffer where only the driver has something to send. */
  WRITABLE_BUFFER(false),
  /** A buffer or an indirect table outside guest memory. */
  BUFFER_OUTSIDE_MEMORY(false),
  /** An indirect table that is empty, of a length not a multiple of 16, or not negotiated. */
  BAD_INDIRECT_TABLE(false),
  /** An indirect table inside an indirect table. */
  NESTED_INDIRECT_TABLE(false),
  /** A chain of more than 2^32 bytes. */
  CHAIN_TOO_LONG(false),
  /** The available index is ahead of what was read by more than the queue's size: it stops. */
  INDEX_OVERRUN(true),
  /** A descriptor's index is not less than the size of its table: the queue stops. */
  BAD_DESCRIPTOR_INDEX(true),
  /** A chain of more descriptors than its table has, so it runs in a circle: the queue stops. */
  DESCRIPTOR_LOOP(true),
  /** A chain was made available again before it was returned: the queue stops. */
  CHAIN_IN_USE(true);

  private final boolean needsReset;

  VirtioMistake(boolean needsReset) {
    this.needsReset = needsReset;
  }

  @Override
  public boolean needsReset() {
    return needsReset;
  }
}
