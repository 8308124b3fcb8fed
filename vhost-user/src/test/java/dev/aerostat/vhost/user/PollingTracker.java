package dev.aerostat.vhost.user;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.testkit.ForwardingTracker;
import java.util.function.Supplier;

/** A tracker that lets the observer look at the rings before each message takes effect. */
final class PollingTracker extends ForwardingTracker {
  private final Runnable look;
  private final Supplier<MapperSabotage> sabotage;
  private boolean lost;

  PollingTracker(BalloonTracker tracker, Runnable look, Supplier<MapperSabotage> sabotage) {
    super(tracker);
    this.look = look;
    this.sabotage = sabotage;
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    look.run();
    if (sabotage.get() == MapperSabotage.LOSE_A_PAGE && !lost && endPage - firstPage > 1) {
      lost = true;
      return super.inflate(firstPage + 1, endPage, descending);
    }
    return super.inflate(firstPage, endPage, descending);
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    look.run();
    return super.deflate(firstPage, endPage);
  }
}
