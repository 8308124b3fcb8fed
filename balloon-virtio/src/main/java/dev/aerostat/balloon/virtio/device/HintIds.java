package dev.aerostat.balloon.virtio.device;

/**
 * The command ids of free page hints (virtio 1.2, section 5.5.6.5). They count up across resets, so
 * that a hint under way never passes for one of a later request.
 */
final class HintIds {
  static final int STOP = 0;
  static final int DONE = 1;
  private static final int FIRST = 2;

  private int last = DONE;

  int next() {
    last = Integer.compareUnsigned(last + 1, FIRST) < 0 ? FIRST : last + 1;
    return last;
  }
}
