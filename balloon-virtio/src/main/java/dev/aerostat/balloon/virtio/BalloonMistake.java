package dev.aerostat.balloon.virtio;

import dev.aerostat.virtio.GuestMistake;

/** What a driver can get wrong with a balloon, beside what {@code VirtioMistake} holds. */
public enum BalloonMistake implements GuestMistake {
  /** The set of enabled queues fits neither way of numbering them. */
  UNKNOWN_QUEUES(false),
  /** A PFN beyond RAM or in a hole. */
  PAGE_OUTSIDE_MEMORY(false),
  /**
   * With 2 MiB pages, a PFN that is no multiple of 512 or whose pages leave their region: the two
   * sides mean different things by a PFN. Until a reset nothing more is ballooned, and a deflate
   * message gives back all RAM that its PFNs can name.
   */
  BAD_HUGE_PAGE(true),
  /** The length of a message is not a multiple of what an entry takes. */
  RAGGED_LENGTH(false),
  /** An inflate or deflate message without a byte to read. */
  EMPTY_MESSAGE(false),
  /** A second statistics buffer while the device still had the first. */
  SECOND_STATISTICS_BUFFER(false);

  private final boolean needsReset;

  BalloonMistake(boolean needsReset) {
    this.needsReset = needsReset;
  }

  @Override
  public boolean needsReset() {
    return needsReset;
  }
}
