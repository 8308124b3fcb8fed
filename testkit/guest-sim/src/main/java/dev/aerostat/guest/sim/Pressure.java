package dev.aerostat.guest.sim;

import java.util.random.RandomGenerator;

/**
 * When a guest under pressure compacts and when it runs out of memory. The mean intervals are ours,
 * not measured: short enough for several hundred of each while tens of GiB are handed back, which
 * takes seconds.
 */
final class Pressure {
  private static final long COMPACTION_MEAN_NANOS = 4_000_000;
  private static final long OUT_OF_MEMORY_MEAN_NANOS = 16_000_000;

  private final GuestClock clock;
  private final RandomGenerator random;
  private final Runnable onDue;
  private final Source compaction = new Source(COMPACTION_MEAN_NANOS);
  private final Source outOfMemory = new Source(OUT_OF_MEMORY_MEAN_NANOS);

  /**
   * Creates a guest without pressure.
   *
   * @param onDue runs whenever something has become due
   */
  Pressure(GuestClock clock, RandomGenerator random, Runnable onDue) {
    this.clock = clock;
    this.random = random;
    this.onDue = onDue;
  }

  /** Lets each of the two become due once, some time from now, unless it is due or will be. */
  void arm() {
    compaction.arm();
    outOfMemory.arm();
  }

  /** Returns whether a compaction is due, and settles it. */
  boolean takeCompaction() {
    return compaction.take();
  }

  /** Returns whether an out-of-memory deflate is due, and settles it. */
  boolean takeOutOfMemory() {
    return outOfMemory.take();
  }

  private final class Source {
    private final long meanNanos;
    private final Runnable fire = this::fire;
    private boolean armed;
    private boolean due;

    Source(long meanNanos) {
      this.meanNanos = meanNanos;
    }

    void arm() {
      if (!armed && !due) {
        armed = true;
        clock.after(random.nextLong(2 * meanNanos), fire);
      }
    }

    private void fire() {
      armed = false;
      due = true;
      onDue.run();
    }

    boolean take() {
      boolean taken = due;
      due = false;
      return taken;
    }
  }
}
