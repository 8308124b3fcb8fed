package dev.aerostat.virtio;

/** What it means that a queue is stopped, as far as its transport knows. */
public enum QueueStop {
  /** The driver is still there: its pages stay in the balloon, and nothing waits. */
  PAUSE,
  /**
   * The driver may be gone, as over vhost-user without STATUS and RESET_DEVICE. The stop is held as
   * a reset is: until a page that the guest takes back unasked can do no harm.
   */
  PERHAPS_RESET
}
