package dev.aerostat.testkit;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;

/**
 * A mapper that stands still where a test wants it to, so that a small guest is seen half mapped: a
 * host maps one in less time than its balloon driver takes to load. The usual two stops are
 *
 * <ol>
 *   <li>{@code holdFrom(bytes)} before the engine starts, {@link #release()} once the balloon is as
 *       large as it is asked to be;
 *   <li>{@code holdFrom(0)} when the gate opens, {@link #release()} once the guest has tried its
 *       DMA.
 * </ol>
 *
 * <p>Only maps wait. Closing an engine waits for a map under way: release before. Safe for use by
 * any thread.
 */
public final class PacedMapper extends ForwardingMapper {
  /** Above all that is ever mapped. */
  private static final long NOWHERE = Long.MAX_VALUE;

  private long stop = NOWHERE;
  private long mappedBytes;

  /**
   * Stands still nowhere yet.
   *
   * @param delegate the mapper that maps; closed with this
   */
  public PacedMapper(DmaMapper delegate) {
    super(delegate);
  }

  /**
   * Holds maps once so much is mapped. The one that reaches it is still made.
   *
   * @param bytes how much; what is mapped already, or less, holds at once
   */
  public synchronized void holdFrom(long bytes) {
    stop = bytes;
    notifyAll();
  }

  /** Holds no more; what waits goes on. */
  public void release() {
    holdFrom(NOWHERE);
  }

  /**
   * Returns how much is mapped.
   *
   * @return bytes; maps under way count
   */
  public synchronized long mappedBytes() {
    return mappedBytes;
  }

  /**
   * Returns whether maps wait from now on, or would.
   *
   * @return whether it stands still
   */
  public synchronized boolean holding() {
    return mappedBytes >= stop;
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    begin(iova);
    try {
      super.map(iova, host);
    } catch (HostRefusedException | RuntimeException | Error failure) {
      count(-iova.length());
      throw failure;
    }
  }

  /** An interrupted wait is a refusal: the engine tries again. */
  private synchronized void begin(IovaRange iova) throws HostRefusedException {
    try {
      while (holding()) {
        wait();
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new HostRefusedException(
          HostOperation.MAP,
          iova.start(),
          iova.length(),
          Errno.EIO,
          new RefusalCause.Other("interrupted while it was held"),
          HostRefusedException.State.UNCHANGED);
    }
    count(iova.length());
  }

  private synchronized void count(long bytes) {
    mappedBytes += bytes;
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    long bytes = super.unmap(iova);
    count(-bytes);
    return bytes;
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    long bytes = super.unmapAll();
    count(-bytes);
    return bytes;
  }

  /** Lets go of what waits, and closes the other mapper. */
  @Override
  public void close() {
    release();
    super.close();
  }
}
