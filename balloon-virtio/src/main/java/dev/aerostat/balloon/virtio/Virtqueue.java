package dev.aerostat.balloon.virtio;

/**
 * The device's end of one queue, whatever the format of its ring. Used by the event thread only.
 *
 * <p>Chains are named by the index of their first descriptor. A queue whose ring is beyond repair
 * gives no more chains, but still takes back those that it gave.
 */
sealed interface Virtqueue permits SplitVirtqueue, AbsentVirtqueue {
  /** What {@link #take} returns if there is nothing to take. */
  int NONE = -1;

  /** Whether nothing is to be read for now: what is given back waits until the queue goes on. */
  boolean isStopped();

  /** Number of chains that can be out at once. */
  int size();

  /** Looks how far the driver has come, for {@link #hasNext}. */
  void look();

  /** Says whether there is a chain to take among those that the last look saw. */
  boolean hasNext();

  /** Number of chains that the last look saw and that are not taken. */
  int unread();

  /**
   * Asks the driver to ring when it adds a chain, if it was not asked before, and then always looks
   * once more, since the driver may have added one just before. Returns {@link #hasNext}: where it
   * is false, the driver rings for the next chain.
   */
  boolean rearm();

  /** Takes the next chain: its name, or {@link #NONE} if the ring turns out to be broken. */
  int take();

  /** The descriptors of the chain taken last. */
  DescriptorChain chain();

  /** Returns a chain that was taken, and interrupts the driver if it asked to be. */
  void giveBack(int head);

  /** Looks further than the last look, and asks for a ring if there is nothing. */
  default boolean poll() {
    if (!hasNext()) {
      look();
    }
    return hasNext() || rearm();
  }
}
