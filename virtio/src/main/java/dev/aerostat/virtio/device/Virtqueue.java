package dev.aerostat.virtio.device;

/**
 * The device's end of one queue, whatever the format of its ring. Used by the event thread only.
 *
 * <p>Chains are named by the index of their first descriptor. A queue whose ring is beyond repair
 * yields no more chains, but still accepts those back that it yielded.
 */
public sealed interface Virtqueue permits SplitVirtqueue, AbsentVirtqueue {
  /** What {@link #take} returns if there is nothing to take. */
  int NONE = -1;

  /**
   * Returns whether nothing is to be read for now.
   *
   * @return true if what is given back waits until the queue goes on
   */
  boolean isStopped();

  /**
   * Returns how many chains can be out at once.
   *
   * @return the queue's size, 0 if the queue is absent
   */
  int size();

  /** Looks how far the driver has come, for {@link #hasNext}. */
  void look();

  /**
   * Returns whether there is a chain to take among those that the last look saw.
   *
   * @return true if {@link #take} may be called
   */
  boolean hasNext();

  /**
   * Returns how many chains the last look saw that are not taken.
   *
   * @return 0 to {@link #size}
   */
  int unread();

  /**
   * Asks the driver to ring when it adds a chain, if it was not asked before, and then always looks
   * once more, since the driver may have added one just before.
   *
   * @return {@link #hasNext}: where it is false, the driver rings for the next chain
   */
  boolean rearm();

  /**
   * Takes the next chain.
   *
   * @return its name, or {@link #NONE} if the ring turns out to be broken
   */
  int take();

  /**
   * Returns the descriptors of the chain taken last.
   *
   * @return always the same object
   */
  DescriptorChain chain();

  /**
   * Returns to the driver a chain that was taken, and interrupts it if it asked to be.
   *
   * @param head the chain's name
   * @param written bytes that the device wrote into the chain's buffers, 0 or more
   */
  void giveBack(int head, int written);

  /**
   * Returns to the driver a chain that the device has only read, as {@link #giveBack(int, int)}.
   *
   * @param head the chain's name
   */
  default void giveBack(int head) {
    giveBack(head, 0);
  }

  /**
   * Looks further than the last look, and asks for a ring if there is nothing.
   *
   * @return {@link #hasNext}
   */
  default boolean poll() {
    if (!hasNext()) {
      look();
    }
    return hasNext() || rearm();
  }
}
