package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import java.util.Random;

/**
 * Messages of a guest that changes its habits: it boots with small or large pages, fragments one
 * place until that is bits, heals it, jumps about, or empties its balloon. The same seed gives the
 * same messages.
 */
final class Traffic {
  /** What a guest does with the next range. */
  interface Receiver {
    void inflate(long first, long end, boolean descending);

    void deflate(long first, long end);

    void clear();
  }

  /** Returns what sends the same to some trackers. */
  static Receiver to(BalloonTracker... trackers) {
    return new Receiver() {
      @Override
      public void inflate(long first, long end, boolean descending) {
        for (BalloonTracker tracker : trackers) {
          tracker.inflate(first, end, descending);
        }
      }

      @Override
      public void deflate(long first, long end) {
        for (BalloonTracker tracker : trackers) {
          tracker.deflate(first, end);
        }
      }

      @Override
      public void clear() {
        for (BalloonTracker tracker : trackers) {
          tracker.clear();
        }
      }
    };
  }

  private enum Habit {
    BOOTS,
    REVERSES_MESSAGES,
    SCATTERS_BLOCKS,
    SHREDS,
    HEALS,
    LIKES_EDGES,
    TAKES_MUCH,
    EMPTIES
  }

  private static final int[] UNITS = {1, 64, 512, 4096, 32_768, 1 << 18};

  private final Random random;
  private final Granules granules;
  private Habit habit = Habit.BOOTS;
  private int left;
  private GuestRange region;
  private boolean inflates;
  private boolean descends;
  private int messagePages;
  private long at;

  Traffic(long seed, Granules granules) {
    this.random = new Random(seed);
    this.granules = granules;
    this.region = granules.memory().region(0).range();
  }

  void next(Receiver receiver) {
    if (left-- == 0) {
      changeHabits();
    }
    switch (habit) {
      case BOOTS -> boot(receiver);
      case REVERSES_MESSAGES -> reverse(receiver);
      case SCATTERS_BLOCKS ->
          send(receiver, random.nextInt(3) > 0, anywhere(), 1 + random.nextInt(8));
      case SHREDS -> send(receiver, inflates, at += 2, 1);
      case HEALS -> send(receiver, inflates, around(at, 8192), 1 + random.nextInt(4096));
      case LIKES_EDGES -> edge(receiver);
      case TAKES_MUCH -> send(receiver, random.nextBoolean(), anywhere(), 1L << random.nextInt(21));
      case EMPTIES -> empty(receiver);
    }
  }

  private void changeHabits() {
    habit = Habit.values()[random.nextInt(Habit.values().length)];
    left = habit == Habit.EMPTIES || habit == Habit.TAKES_MUCH ? 3 : 20 + random.nextInt(400);
    inflates = random.nextBoolean();
    descends = random.nextBoolean();
    if (habit != Habit.HEALS) {
      region = granules.memory().region(random.nextInt(granules.memory().regionCount())).range();
      at = around(anywhere(), 700);
    }
    if (habit == Habit.REVERSES_MESSAGES) {
      messagePages = 512 * (1 + random.nextInt(5)) + random.nextInt(2);
      at = random.nextBoolean() ? at : at / 512 * 512;
    }
  }

  private long anywhere() {
    return random.nextLong(region.firstPage(), region.endPage());
  }

  private long around(long page, int distance) {
    return page + random.nextInt(2 * distance + 1) - distance;
  }

  /** As Linux does: 256 pages that straddle granules, to and fro, on through memory. */
  private void boot(Receiver receiver) {
    long back = random.nextInt(4) == 0 ? 512 : 0;
    at += descends ? back - 256 : 256 - back;
    send(receiver, inflates, at, 256);
  }

  /** As with large pages: messages go on one way, granules within each the other. */
  private void reverse(Receiver receiver) {
    at += descends ? messagePages : -messagePages;
    send(receiver, inflates, at, messagePages);
    if (random.nextInt(64) == 0) {
      send(receiver, random.nextBoolean(), around(at, 20 * messagePages), 1 + random.nextInt(4096));
    }
  }

  private void edge(Receiver receiver) {
    int unit = UNITS[random.nextInt(UNITS.length)];
    long first = around(anywhere() / unit * unit, 2);
    send(receiver, random.nextBoolean(), first, around((long) unit * (1 + random.nextInt(3)), 2));
  }

  private void empty(Receiver receiver) {
    if (random.nextInt(4) == 0) {
      receiver.clear();
    } else if (region.endPage() - region.firstPage() > 1000 && random.nextBoolean()) {
      receiver.deflate(region.firstPage() + random.nextInt(2), region.endPage());
    } else {
      receiver.deflate(region.firstPage(), region.endPage());
    }
  }

  private void send(Receiver receiver, boolean inflate, long page, long length) {
    long first = Math.clamp(page, region.firstPage(), region.endPage() - 1);
    long end = Math.clamp(first + length, first + 1, region.endPage());
    if (inflate) {
      receiver.inflate(first, end, descends);
    } else {
      receiver.deflate(first, end);
    }
  }

  /** Returns a page of RAM, often close to what was changed last. */
  long page() {
    return random.nextBoolean()
        ? Math.clamp(around(at, 600), region.firstPage(), region.endPage() - 1)
        : anywhere();
  }
}
