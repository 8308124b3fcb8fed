package dev.aerostat.simulation;

import java.util.Locale;

/** What keeps memory from a guest until it is mapped. */
public enum Withholding {
  /** The guest's balloon driver takes it out of use. */
  BALLOON,
  /** A virtio-mem device has it, and the guest's driver plugs it. */
  VIRTIO_MEM;

  /** Returns the name as users read it: {@code virtio-mem}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
