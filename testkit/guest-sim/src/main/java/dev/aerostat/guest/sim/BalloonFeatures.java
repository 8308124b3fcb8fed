package dev.aerostat.guest.sim;

/** Feature bits that a driver knows (virtio 1.2, sections 5.5.3 and 6), as masks. */
public final class BalloonFeatures {
  /** VIRTIO_BALLOON_F_MUST_TELL_HOST, bit 0: no page is used before its deflate is acknowledged. */
  public static final long MUST_TELL_HOST = 1L;

  /** VIRTIO_BALLOON_F_DEFLATE_ON_OOM, bit 2: the guest may deflate unasked when out of memory. */
  public static final long DEFLATE_ON_OOM = 1L << 2;

  /** VIRTIO_F_INDIRECT_DESC, bit 28. */
  public static final long INDIRECT_DESC = 1L << 28;

  /** VIRTIO_F_EVENT_IDX, bit 29. */
  public static final long EVENT_IDX = 1L << 29;

  /** VIRTIO_F_VERSION_1, bit 32. */
  public static final long VERSION_1 = 1L << 32;

  /** The default of the private bit for 2 MiB balloon pages: 62, from the device's own range. */
  public static final int HUGE_PAGES_BIT = 62;

  /** What Linux's driver accepts of the features above, 2 MiB pages not among them. */
  public static final long LINUX =
      MUST_TELL_HOST | DEFLATE_ON_OOM | INDIRECT_DESC | EVENT_IDX | VERSION_1;

  private BalloonFeatures() {}
}
