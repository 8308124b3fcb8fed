package dev.aerostat.guest.sim;

import dev.aerostat.api.Pages;

/** What a guest balloons at a time. On the wire both are named by their first 4 KiB page. */
public enum BalloonPage {
  /** 4 KiB, as every upstream driver does. */
  SMALL(0),
  /** 2 MiB, as a patched driver does once the private feature bit is negotiated. */
  HUGE(9);

  private final int shift;

  BalloonPage(int shift) {
    this.shift = shift;
  }

  /**
   * Returns the size in pages.
   *
   * @return in 4 KiB units: 1 or 512
   */
  public int pages() {
    return 1 << shift;
  }

  /**
   * Returns the size in bytes.
   *
   * @return 4096 or 2097152
   */
  public long bytes() {
    return Pages.SIZE << shift;
  }

  /** Base-two logarithm of {@link #pages}. */
  int shift() {
    return shift;
  }
}
