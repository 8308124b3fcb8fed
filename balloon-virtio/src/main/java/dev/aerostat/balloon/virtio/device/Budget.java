package dev.aerostat.balloon.virtio.device;

/** How much work is left in a turn. Never below 0. */
final class Budget {
  private long left;

  void refill(long units) {
    left = units;
  }

  long left() {
    return left;
  }

  boolean spent() {
    return left == 0;
  }

  void spend(long units) {
    left = Math.max(0, left - units);
  }
}
