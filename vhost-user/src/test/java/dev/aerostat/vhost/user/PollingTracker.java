package dev.aerostat.vhost.user;

import dev.aerostat.api.BalloonTracker;
import java.util.function.Supplier;

/** A tracker that lets the observer look at the rings before each message takes effect. */
final class PollingTracker implements BalloonTracker {
  private final BalloonTracker tracker;
  private final Runnable look;
  private final Supplier<Sabotage> sabotage;
  private boolean lost;

  PollingTracker(BalloonTracker tracker, Runnable look, Supplier<Sabotage> sabotage) {
    this.tracker = tracker;
    this.look = look;
    this.sabotage = sabotage;
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    look.run();
    if (sabotage.get() == Sabotage.LOSE_A_PAGE && !lost && endPage - firstPage > 1) {
      lost = true;
      return tracker.inflate(firstPage + 1, endPage, descending);
    }
    return tracker.inflate(firstPage, endPage, descending);
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    look.run();
    return tracker.deflate(firstPage, endPage);
  }

  @Override
  public void clear() {
    tracker.clear();
  }

  @Override
  public boolean contains(long page) {
    return tracker.contains(page);
  }

  @Override
  public long nextBallooned(long page) {
    return tracker.nextBallooned(page);
  }

  @Override
  public long nextNotBallooned(long page) {
    return tracker.nextNotBallooned(page);
  }

  @Override
  public long pagesIn(long firstPage, long endPage) {
    return tracker.pagesIn(firstPage, endPage);
  }

  @Override
  public long pages() {
    return tracker.pages();
  }

  @Override
  public long ranges() {
    return tracker.ranges();
  }

  @Override
  public void forEachRange(RangeVisitor visitor) {
    tracker.forEachRange(visitor);
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    tracker.forEachRangeDescending(visitor);
  }

  @Override
  public int mostRecentGranule() {
    return tracker.mostRecentGranule();
  }

  @Override
  public int nextOlderGranule(int granule) {
    return tracker.nextOlderGranule(granule);
  }

  @Override
  public long heldBytes() {
    return tracker.heldBytes();
  }
}
