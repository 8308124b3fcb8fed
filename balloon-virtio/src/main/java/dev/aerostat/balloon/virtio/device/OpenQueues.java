package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.device.FreePageHintQueue.HintIds;
import dev.aerostat.virtio.device.AbsentVirtqueue;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.Virtqueue;
import java.util.EnumSet;
import java.util.Set;

/**
 * The queues of one driver, from DRIVER_OK to reset. Used by the event thread only.
 *
 * <p>Each begins as an absent one and is opened when the driver enables it, which may be late. A
 * queue that is stopped keeps all it knows, and goes on with it.
 */
final class OpenQueues {
  private final GuestMemory memory;
  private final PfnMeaning meaning;
  private final BalloonCounts counts;
  private final MistakeSink mistakes;
  private final HintIds hintIds;
  private final Set<QueueRole> opened = EnumSet.noneOf(QueueRole.class);

  private InflateQueue inflate;
  private DeflateQueue deflate;
  private StatisticsQueue statistics;
  private FreePageHintQueue hints;
  private PageReportingQueue reports;
  private boolean refusesPages;

  OpenQueues(
      GuestMemory memory,
      PfnMeaning meaning,
      HintIds hintIds,
      BalloonCounts counts,
      MistakeSink mistakes) {
    this.memory = memory;
    this.meaning = meaning;
    this.hintIds = hintIds;
    this.counts = counts;
    this.mistakes = mistakes;
    Virtqueue absent = new AbsentVirtqueue();
    inflate = new InflateQueue(absent, memory, meaning, counts, mistakes);
    deflate = new DeflateQueue(absent, memory, meaning, counts, mistakes);
    statistics = new StatisticsQueue(absent, memory, counts, mistakes);
    hints = new FreePageHintQueue(absent, memory, hintIds, counts, mistakes);
    reports = new PageReportingQueue(absent, counts);
  }

  boolean has(QueueRole role) {
    return opened.contains(role);
  }

  /** Opens the queue of a role that is absent. */
  void open(QueueRole role, Virtqueue ring) {
    opened.add(role);
    switch (role) {
      case INFLATE -> {
        boolean overtaken = inflate.isOvertaken();
        inflate = new InflateQueue(ring, memory, meaning, counts, mistakes);
        if (refusesPages) {
          inflate.refusePages();
        }
        if (overtaken) {
          inflate.overtaken();
        }
      }
      case DEFLATE -> deflate = new DeflateQueue(ring, memory, meaning, counts, mistakes);
      case STATISTICS -> statistics = new StatisticsQueue(ring, memory, counts, mistakes);
      case FREE_PAGE_HINT -> hints = new FreePageHintQueue(ring, memory, hintIds, counts, mistakes);
      case PAGE_REPORTING -> reports = new PageReportingQueue(ring, counts);
    }
  }

  /** From now on nothing is ballooned. */
  void refusePages() {
    refusesPages = true;
    inflate.refusePages();
  }

  DeflateQueue deflate() {
    return deflate;
  }

  StatisticsQueue statistics() {
    return statistics;
  }

  FreePageHintQueue hints() {
    return hints;
  }

  /** Does one turn; {@link Budget#spent} is true if it ended early. */
  void turn(BalloonEvents events, Budget budget) {
    boolean more = true;
    while (more && !budget.spent()) {
      deflate.look();
      inflate.drain(events, budget);
      long told = counts.deflateRuns;
      more = deflate.drain(events, budget);
      if (inflate.isStopped() && counts.deflateRuns != told) {
        inflate.overtaken();
      }
    }
    statistics.drain(events, budget);
    hints.drain(events, budget);
    reports.drain(budget);
  }
}
