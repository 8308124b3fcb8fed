package dev.aerostat.balloon.virtio.device;

import dev.aerostat.balloon.virtio.BalloonEvents;

/** Listens to nothing; a test overrides what it wants to hear. */
interface Silent extends BalloonEvents {
  @Override
  default void driverReady() {}

  @Override
  default void inflated(long firstPage, long endPage, boolean descending) {}

  @Override
  default void inflateMessageEnd(long pages) {}

  @Override
  default boolean acceptsDeflate() {
    return true;
  }

  @Override
  default void deflateBegin(int token) {}

  @Override
  default void deflated(int token, long firstPage, long endPage) {}

  @Override
  default void deflateEnd(int token, long pages) {}

  @Override
  default void resetRequested() {}

  @Override
  default void stopRequested() {}

  @Override
  default void stopEnded() {}
}
