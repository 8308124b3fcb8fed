package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;
import java.util.function.Function;

/** The queues of one driver, from DRIVER_OK to reset. Those it did not enable are absent ones. */
record OpenQueues(
    InflateQueue inflate,
    DeflateQueue deflate,
    StatisticsQueue statistics,
    FreePageHintQueue hints,
    PageReportingQueue reports) {

  /** Opens the queues that {@code ring} finds for each role. */
  static OpenQueues open(
      Function<QueueRole, Virtqueue> ring,
      GuestMemory memory,
      PfnMeaning meaning,
      Tally tally,
      MistakeSink mistakes) {
    return new OpenQueues(
        new InflateQueue(ring.apply(QueueRole.INFLATE), memory, meaning, tally, mistakes),
        new DeflateQueue(ring.apply(QueueRole.DEFLATE), memory, meaning, tally, mistakes),
        new StatisticsQueue(ring.apply(QueueRole.STATISTICS), memory, tally, mistakes),
        new FreePageHintQueue(ring.apply(QueueRole.FREE_PAGE_HINT), memory, tally, mistakes),
        new PageReportingQueue(ring.apply(QueueRole.PAGE_REPORTING), tally));
  }

  /** Does one turn; {@link Budget#spent} says whether it ended early. */
  void turn(BalloonEvents events, Budget budget) {
    boolean more = true;
    while (more && !budget.spent()) {
      deflate.look();
      inflate.drain(events, budget);
      more = deflate.drain(events, budget);
    }
    statistics.drain(events, budget);
    hints.drain(events, budget);
    reports.drain(budget);
  }
}
