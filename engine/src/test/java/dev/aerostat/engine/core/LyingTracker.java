package dev.aerostat.engine.core;

import dev.aerostat.api.BalloonTracker;

/** A tracker that answers as another does: what a lie starts from. */
class LyingTracker implements BalloonTracker {
  final BalloonTracker honest;

  LyingTracker(BalloonTracker honest) {
    this.honest = honest;
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    return honest.inflate(firstPage, endPage, descending);
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    return honest.deflate(firstPage, endPage);
  }

  @Override
  public void clear() {
    honest.clear();
  }

  @Override
  public boolean contains(long page) {
    return honest.contains(page);
  }

  @Override
  public long nextBallooned(long page) {
    return honest.nextBallooned(page);
  }

  @Override
  public long nextNotBallooned(long page) {
    return honest.nextNotBallooned(page);
  }

  @Override
  public long pagesIn(long firstPage, long endPage) {
    return honest.pagesIn(firstPage, endPage);
  }

  @Override
  public long pages() {
    return honest.pages();
  }

  @Override
  public long ranges() {
    return honest.ranges();
  }

  @Override
  public void forEachRange(RangeVisitor visitor) {
    honest.forEachRange(visitor);
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    honest.forEachRangeDescending(visitor);
  }

  @Override
  public int mostRecentGranule() {
    return honest.mostRecentGranule();
  }

  @Override
  public int nextOlderGranule(int granule) {
    return honest.nextOlderGranule(granule);
  }

  @Override
  public long heldBytes() {
    return honest.heldBytes();
  }
}
