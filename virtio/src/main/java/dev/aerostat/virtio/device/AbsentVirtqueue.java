package dev.aerostat.virtio.device;

/** A queue that the driver did not enable: nothing ever comes. */
public final class AbsentVirtqueue implements Virtqueue {
  /** Creates one; they are all alike. */
  public AbsentVirtqueue() {}

  @Override
  public boolean isStopped() {
    return true;
  }

  @Override
  public int size() {
    return 0;
  }

  @Override
  public void look() {}

  @Override
  public boolean hasNext() {
    return false;
  }

  @Override
  public int unread() {
    return 0;
  }

  @Override
  public boolean rearm() {
    return false;
  }

  @Override
  public int take() {
    return NONE;
  }

  @Override
  public DescriptorChain chain() {
    throw new IllegalStateException("no chain was taken: the queue is off");
  }

  @Override
  public void giveBack(int head, int written) {
    throw new IllegalStateException("no chain %d was taken: the queue is off".formatted(head));
  }
}
