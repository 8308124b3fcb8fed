package dev.aerostat.balloon.virtio;

import dev.aerostat.virtio.VirtioFeatures;

/** Feature bits of virtio-balloon (virtio 1.2, section 5.5.3). */
public final class BalloonFeatureBits {
  /** VIRTIO_BALLOON_F_MUST_TELL_HOST: the driver asks before it uses a deflated page. */
  public static final long MUST_TELL_HOST = 1L;

  /** VIRTIO_BALLOON_F_STATS_VQ: the driver sends memory statistics. */
  public static final long STATS_VQ = 1L << 1;

  /** VIRTIO_BALLOON_F_DEFLATE_ON_OOM: the driver deflates when the guest is out of memory. */
  public static final long DEFLATE_ON_OOM = 1L << 2;

  /** VIRTIO_BALLOON_F_FREE_PAGE_HINT: the driver lists free pages when asked. */
  public static final long FREE_PAGE_HINT = 1L << 3;

  /** VIRTIO_BALLOON_F_PAGE_POISON: the driver reports the value that it fills free pages with. */
  public static final long PAGE_POISON = 1L << 4;

  /** VIRTIO_BALLOON_F_PAGE_REPORTING: the driver reports free pages on its own. */
  public static final long PAGE_REPORTING = 1L << 5;

  /** Without these a page could be in use again before the device knows, or be read wrongly. */
  public static final long REQUIRED = MUST_TELL_HOST | VirtioFeatures.VERSION_1;

  private BalloonFeatureBits() {}

  static long offered(BalloonSettings settings) {
    long bits = REQUIRED;
    for (BalloonFeature feature : settings.offered()) {
      bits |= bit(feature, settings);
    }
    return bits;
  }

  private static long bit(BalloonFeature feature, BalloonSettings settings) {
    return switch (feature) {
      case STATISTICS -> STATS_VQ;
      case DEFLATE_ON_OOM -> DEFLATE_ON_OOM;
      case FREE_PAGE_HINT -> FREE_PAGE_HINT;
      case PAGE_POISON -> PAGE_POISON;
      case PAGE_REPORTING -> PAGE_REPORTING;
      case INDIRECT_DESCRIPTORS -> VirtioFeatures.INDIRECT_DESC;
      case EVENT_INDEX -> VirtioFeatures.EVENT_IDX;
      case HUGE_PAGES -> 1L << settings.hugePageFeatureBit();
    };
  }
}
