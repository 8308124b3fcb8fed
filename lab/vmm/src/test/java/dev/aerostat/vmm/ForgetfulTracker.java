package dev.aerostat.vmm;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.testkit.ForwardingTracker;

/** Never hears of the last page of a range that leaves the balloon. */
final class ForgetfulTracker extends ForwardingTracker {
  ForgetfulTracker(BalloonTracker tracker) {
    super(tracker);
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    return super.deflate(firstPage, Math.max(firstPage + 1, endPage - 1));
  }
}
