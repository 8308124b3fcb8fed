package dev.aerostat.simulation;

import static dev.aerostat.simulation.Scenarios.GIB;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Granules;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.core.IdleCommands;
import dev.aerostat.simulation.trace.TraceLine.Message;
import dev.aerostat.simulation.trace.TraceLine.PageRun;
import dev.aerostat.tracker.BitmapTracker;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A host that maps and a guest that balloons in a recorded order, each at a steady pace, until the
 * gate opens.
 *
 * @param granules the guest's memory, divided
 * @param messages the recording's inflate messages
 * @param workers granules that the host maps at a time
 * @param mapNanos what each takes
 * @param messageNanos what the guest takes for a message
 * @param headStartNanos how long the host maps before the guest begins
 */
record Race(
    Granules granules,
    List<Message> messages,
    int workers,
    long mapNanos,
    long messageNanos,
    long headStartNanos) {
  /** Returns how many granules the engine has mapped when the gate opens. */
  int mappedAtGate() {
    return new Host().run();
  }

  /**
   * Returns how many granules are mapped when the gate opens if they are mapped in the best order
   * that there is for somebody who knows the recording: those that are never wholly ballooned, then
   * those that are last.
   */
  int mappedAtGateAtBest() {
    long[] balloonedAt = LongStream.of(whollyBalloonedAt()).sorted().toArray();
    int mapped = 0;
    int ballooned = 0;
    while (mapped + ballooned < granules.count()) {
      mapped++;
      long now = (mapped + workers - 1) / workers * mapNanos;
      while (ballooned < balloonedAt.length && balloonedAt[ballooned] <= now) {
        ballooned++;
      }
    }
    return mapped;
  }

  /**
   * Returns the most granules side by side, in the order in which Linux takes them, that the guest
   * does not balloon and then passes over. Before it has, nobody can know.
   */
  int largestHole() {
    long[] at = whollyBalloonedAt();
    int low = granules.indexOf(granules.memory().region(0).range().endPage() - 1) + 1;
    int largest = 0;
    int hole = 0;
    for (int turn = 0; turn < at.length; turn++) {
      if (at[(low + turn) % at.length] == Long.MAX_VALUE) {
        hole++;
      } else {
        largest = Math.max(largest, hole);
        hole = 0;
      }
    }
    return largest;
  }

  /** Returns when each granule was ballooned as a whole, {@link Long#MAX_VALUE} if it never was. */
  private long[] whollyBalloonedAt() {
    var left = new long[granules.count()];
    Arrays.setAll(left, granule -> granules.endPage(granule) - granules.firstPage(granule));
    var at = new long[granules.count()];
    Arrays.fill(at, Long.MAX_VALUE);
    for (int message = 0; message < messages.size(); message++) {
      for (PageRun run : messages.get(message).runs()) {
        for (long page = run.firstPage(); page < run.endPage(); page++) {
          int granule = granules.indexOf(page);
          if (--left[granule] == 0) {
            at[granule] = sentAt(message);
          }
        }
      }
    }
    return at;
  }

  private long sentAt(int message) {
    return headStartNanos + (message + 1) * messageNanos;
  }

  private final class Host implements IdleCommands {
    private final VirtualClock clock = new VirtualClock();
    private final EngineCore core =
        new EngineCore(
            granules,
            new BitmapTracker(granules),
            new CoreSettings(
                true,
                true,
                0,
                workers,
                true,
                GIB,
                MapFailurePolicy.HOLD,
                EarlyDmaPolicy.HOLD,
                ResetPolicy.HOLD_STATUS),
            this);
    private int mapped;
    private boolean open;

    int run() {
      clock.after(0, core::start);
      for (int message = 0; message < messages.size(); message++) {
        Message sent = messages.get(message);
        clock.after(sentAt(message), () -> inflate(sent));
      }
      while (!open && clock.step()) {
        // Until the gate opens.
      }
      return mapped;
    }

    private void inflate(Message message) {
      long pages = 0;
      for (PageRun run : message.runs()) {
        core.inflated(run.firstPage(), run.endPage(), run.count() < 0);
        pages += Math.abs(run.count());
      }
      core.inflateMessageEnd(pages);
      core.turnEnded();
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      clock.after(0, () -> core.populated(granule));
    }

    @Override
    public void map(int granule) {
      clock.after(
          mapNanos,
          () -> {
            mapped++;
            core.mapped(granule);
          });
    }

    @Override
    public void remap(int granule) {
      map(granule);
    }

    @Override
    public void openGate() {
      open = true;
    }
  }
}
