package dev.aerostat.testkit;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;

/**
 * A tracker that answers as another does: what a test starts from that changes one answer, counts
 * calls, or breaks a rule to see that its checks find it.
 *
 * <p>Each method throws what the other throws, and allocates nothing of its own. As safe for use by
 * threads as the other.
 */
public abstract class ForwardingTracker implements BalloonTracker {
  /** The tracker that answers. */
  protected final BalloonTracker delegate;

  /**
   * Forwards to another tracker.
   *
   * @param delegate the tracker that answers
   */
  protected ForwardingTracker(BalloonTracker delegate) {
    this.delegate = delegate;
  }

  @Override
  public Granules granules() {
    return delegate.granules();
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    return delegate.inflate(firstPage, endPage, descending);
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    return delegate.deflate(firstPage, endPage);
  }

  @Override
  public void clear() {
    delegate.clear();
  }

  @Override
  public boolean contains(long page) {
    return delegate.contains(page);
  }

  @Override
  public boolean containsAll(long firstPage, long endPage) {
    return delegate.containsAll(firstPage, endPage);
  }

  @Override
  public boolean intersects(long firstPage, long endPage) {
    return delegate.intersects(firstPage, endPage);
  }

  @Override
  public long nextBallooned(long page) {
    return delegate.nextBallooned(page);
  }

  @Override
  public long nextNotBallooned(long page) {
    return delegate.nextNotBallooned(page);
  }

  @Override
  public long pagesIn(long firstPage, long endPage) {
    return delegate.pagesIn(firstPage, endPage);
  }

  @Override
  public long pages() {
    return delegate.pages();
  }

  @Override
  public long ranges() {
    return delegate.ranges();
  }

  @Override
  public void forEachRange(RangeVisitor visitor) {
    delegate.forEachRange(visitor);
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    delegate.forEachRangeDescending(visitor);
  }

  @Override
  public int mostRecentGranule() {
    return delegate.mostRecentGranule();
  }

  @Override
  public int nextOlderGranule(int granule) {
    return delegate.nextOlderGranule(granule);
  }

  @Override
  public long heldBytes() {
    return delegate.heldBytes();
  }
}
