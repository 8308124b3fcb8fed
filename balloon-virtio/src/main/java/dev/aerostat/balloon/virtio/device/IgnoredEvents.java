package dev.aerostat.balloon.virtio.device;

/**
 * Events that nobody acts on, and every deflate accepted. What acts on a few of them overrides
 * those.
 */
public interface IgnoredEvents extends BalloonEvents {
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
