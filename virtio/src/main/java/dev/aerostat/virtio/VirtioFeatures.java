package dev.aerostat.virtio;

/** Feature bits of any device and of its rings, those that this project uses (virtio 1.2, 6). */
public final class VirtioFeatures {
  /** VIRTIO_F_INDIRECT_DESC: chains may lie in tables of their own. */
  public static final long INDIRECT_DESC = 1L << 28;

  /** VIRTIO_F_EVENT_IDX: driver and device write at which index they want to be notified. */
  public static final long EVENT_IDX = 1L << 29;

  /** VIRTIO_F_VERSION_1: the device is no legacy device. */
  public static final long VERSION_1 = 1L << 32;

  private VirtioFeatures() {}
}
