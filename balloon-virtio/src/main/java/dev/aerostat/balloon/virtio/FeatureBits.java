package dev.aerostat.balloon.virtio;

/** Feature bits of the device and of its rings (virtio 1.2, sections 5.5.3 and 6). */
final class FeatureBits {
  static final long MUST_TELL_HOST = 1L;
  static final long STATS_VQ = 1L << 1;
  static final long DEFLATE_ON_OOM = 1L << 2;
  static final long FREE_PAGE_HINT = 1L << 3;
  static final long PAGE_POISON = 1L << 4;
  static final long PAGE_REPORTING = 1L << 5;
  static final long INDIRECT_DESC = 1L << 28;
  static final long EVENT_IDX = 1L << 29;
  static final long VERSION_1 = 1L << 32;

  /** Without these a page could be in use again before the device knows, or be read wrongly. */
  static final long REQUIRED = MUST_TELL_HOST | VERSION_1;

  private FeatureBits() {}

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
      case INDIRECT_DESCRIPTORS -> INDIRECT_DESC;
      case EVENT_INDEX -> EVENT_IDX;
      case HUGE_PAGES -> 1L << settings.hugePageFeatureBit();
    };
  }
}
