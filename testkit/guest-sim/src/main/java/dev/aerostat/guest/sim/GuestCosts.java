package dev.aerostat.guest.sim;

/**
 * What a message costs the guest, acknowledgement not counted: allocating, naming and freeing its
 * pages. A short message costs its share.
 *
 * @param smallInflateNanos for 256 pages of 4 KiB, 0 or more
 * @param smallDeflateNanos for 256 pages of 4 KiB, 0 or more
 * @param hugeInflateNanos for 256 pages of 2 MiB, 0 or more
 * @param hugeDeflateNanos for 256 pages of 2 MiB, 0 or more
 */
public record GuestCosts(
    long smallInflateNanos, long smallDeflateNanos, long hugeInflateNanos, long hugeDeflateNanos) {
  /**
   * The costs that HyperAlloc's raw data show: 18 GiB, untouched, shrink in 11.97 s and grow in
   * 8.30 s by the stock balloon (18,432 messages), and in 69.5 ms and 61 ms with 2 MiB balloon
   * pages (36 messages).
   */
  public static final GuestCosts HYPERALLOC =
      new GuestCosts(650_000, 450_000, 1_930_000, 1_690_000);

  /**
   * Checks the costs.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public GuestCosts {
    if (Math.min(
            Math.min(smallInflateNanos, smallDeflateNanos),
            Math.min(hugeInflateNanos, hugeDeflateNanos))
        < 0) {
      throw new IllegalArgumentException(
          "costs of %d, %d, %d and %d ns a message: expected 0 or more"
              .formatted(smallInflateNanos, smallDeflateNanos, hugeInflateNanos, hugeDeflateNanos));
    }
  }

  /** Nanoseconds that a message of so many balloon pages costs. */
  long of(BalloonQueue queue, BalloonPage page, int balloonPages) {
    return fullMessage(queue, page) * balloonPages / BalloonDriver.MESSAGE_PFNS;
  }

  private long fullMessage(BalloonQueue queue, BalloonPage page) {
    boolean inflate = queue == BalloonQueue.INFLATE;
    return switch (page) {
      case SMALL -> inflate ? smallInflateNanos : smallDeflateNanos;
      case HUGE -> inflate ? hugeInflateNanos : hugeDeflateNanos;
    };
  }
}
