package dev.aerostat.mem.virtio;

import dev.aerostat.virtio.GuestMistake;

/** What a driver can get wrong with virtio-mem, beside what {@code VirtioMistake} holds. */
public enum MemMistake implements GuestMistake {
  /** A request of less than its 24 bytes, or in more descriptors than anybody needs. */
  BAD_REQUEST,
  /** A request without 10 bytes that the device may write: it is returned, and not carried out. */
  NO_ROOM_TO_ANSWER,
  /** A request of a type that the specification does not have. */
  UNKNOWN_REQUEST,
  /** No blocks, some outside the region, or an address that is no block's. */
  NO_SUCH_BLOCKS,
  /** A request to plug what is plugged, or to unplug what is not. */
  WRONG_STATE;

  /** {@inheritDoc} None does: the request is answered with an error. */
  @Override
  public boolean needsReset() {
    return false;
  }
}
