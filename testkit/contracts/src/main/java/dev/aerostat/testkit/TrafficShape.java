package dev.aerostat.testkit;

import static dev.aerostat.testkit.BalloonChange.deflate;
import static dev.aerostat.testkit.BalloonChange.inflate;
import static dev.aerostat.testkit.BalloonChange.inflateDescending;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What guests send in a boot and in the weeks after it, and what a tree of ranges finds hard: a few
 * thousand messages each, all within RAM.
 */
enum TrafficShape {
  /** One block below the other, which come back last inflated first. */
  DESCENDING {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      List<BalloonChange> blocks = blocks(random, ram, oneOf(random, 1, 8, 256, 512, 5000), 1500);
      Collections.reverse(blocks);
      blocks.forEach(block -> sender.accept(inflateDescending(block.first(), block.end())));
      Collections.reverse(blocks);
      blocks.forEach(block -> sender.accept(deflate(block.first(), block.end())));
    }
  },
  /** One block above the other, which come back last inflated first. */
  ASCENDING {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      List<BalloonChange> blocks = blocks(random, ram, oneOf(random, 1, 8, 256, 512, 5000), 1500);
      blocks.forEach(sender);
      Collections.reverse(blocks);
      blocks.forEach(block -> sender.accept(deflate(block.first(), block.end())));
    }
  },
  /** Several processors at a time, each with a block of its own, and some of it taken back. */
  BOOT {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      List<BalloonChange> blocks = blocks(random, ram, 256, 2400);
      List<BalloonChange> sent = new ArrayList<>();
      for (int at = 0; at < blocks.size(); at += 16) {
        List<BalloonChange> interleaved =
            new ArrayList<>(blocks.subList(at, Math.min(at + 16, blocks.size())));
        Collections.shuffle(interleaved, random);
        interleaved.forEach(sender);
        sent.addAll(interleaved);
      }
      Collections.reverse(sent);
      sent.stream()
          .limit(sent.size() / 2)
          .forEach(block -> sender.accept(deflate(block.first(), block.end())));
    }
  },
  /** Blocks of a power of two, aligned to their size, as a buddy allocator has them. */
  BUDDY {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      for (int i = 0; i < 4000; i++) {
        long pages = 1L << random.nextInt(11);
        long first = ram.clipFirst(page(random, ram) / pages * pages);
        sender.accept(either(random, first, ram.clip(first + pages)));
      }
    }
  },
  /** One to eight pages anywhere. */
  SMALL {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      for (int i = 0; i < 4000; i++) {
        long first = page(random, ram);
        sender.accept(either(random, first, ram.clip(first + 1 + random.nextInt(8))));
      }
    }
  },
  /** Ranges at one distance from one another, which come and go in several orders. */
  COLUMNS {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      long widest = Math.max(2, (ram.end() - ram.first()) / 1500);
      long stride = oneOf(random, 2, 3, 9, Math.min(700, widest), widest);
      List<BalloonChange> columns = new ArrayList<>();
      for (BalloonChange block : blocks(random, ram, stride, 1500)) {
        columns.add(inflate(block.first(), block.first() + 1));
      }
      inSomeOrder(columns, random);
      columns.forEach(sender);
      inSomeOrder(columns, random);
      columns.forEach(column -> sender.accept(deflate(column.first(), column.end())));
    }
  },
  /** Thousands of ranges all over up to 100 GiB, and then what lies between them, in no order. */
  GROW_TOGETHER {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      long pages = Math.min(ram.end() - ram.first(), 100L << 18);
      List<BalloonChange> blocks = blocks(random, ram, Math.max(2, pages / 3000), 3000);
      Collections.shuffle(blocks, random);
      blocks.forEach(block -> sender.accept(inflate(block.first(), block.first() + 1)));
      Collections.shuffle(blocks, random);
      blocks.forEach(sender);
    }
  },
  /** Every other page, then the pages between, both in no order; and the same out again. */
  SHRED_AND_HEAL {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      List<BalloonChange> pages = blocks(random, ram, 1, 2400);
      for (int pass = 0; pass < 4; pass++) {
        List<BalloonChange> half = new ArrayList<>();
        for (int i = pass % 2; i < pages.size(); i += 2) {
          BalloonChange page = pages.get(i);
          half.add(pass < 2 ? page : deflate(page.first(), page.end()));
        }
        Collections.shuffle(half, random);
        half.forEach(sender);
      }
    }
  },
  /** Up to 4 GiB in one message, then holes, which close again. */
  HOLES {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      TrackedGuest.Extent filled = window(random, ram, 1L << 20);
      sender.accept(inflate(filled.first(), filled.end()));
      List<BalloonChange> holes = new ArrayList<>();
      TrackedGuest.Extent holed = random.nextBoolean() ? filled : window(random, filled, 6000);
      for (int i = 0; i < 1500; i++) {
        long first = page(random, holed);
        holes.add(inflate(first, filled.clip(first + 1 + random.nextInt(3))));
      }
      holes.forEach(hole -> sender.accept(deflate(hole.first(), hole.end())));
      Collections.shuffle(holes, random);
      holes.forEach(sender);
      sender.accept(deflate(filled.first(), filled.end()));
    }
  },
  /** A few pages on both sides of where data structures like to cut. */
  EDGES {
    @Override
    void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender) {
      for (int i = 0; i < 4000; i++) {
        int shift = (int) oneOf(random, 6, 12, 15, 18);
        long edge = page(random, ram) >>> shift << shift;
        long first = ram.clipFirst(edge - random.nextInt(4));
        long end = ram.clip(edge + random.nextInt(4));
        sender.accept(either(random, first, Math.max(first + 1, end)));
      }
    }
  };

  /**
   * Sends messages.
   *
   * @param ram where to
   */
  abstract void play(Random random, TrackedGuest.Extent ram, Consumer<BalloonChange> sender);

  private static BalloonChange either(Random random, long first, long end) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> deflate(first, end);
      case 2 -> inflateDescending(first, end);
      default -> inflate(first, end);
    };
  }

  /** At most so many blocks side by side, somewhere. */
  private static List<BalloonChange> blocks(
      Random random, TrackedGuest.Extent ram, long pages, int most) {
    long room = ram.end() - ram.first() - pages * most;
    long first = ram.first() + (room > 0 ? random.nextLong(room) : 0);
    List<BalloonChange> blocks = new ArrayList<>();
    while (first < ram.end() && blocks.size() < most) {
      blocks.add(inflate(first, ram.clip(first + pages)));
      first += pages;
    }
    return blocks;
  }

  private static TrackedGuest.Extent window(Random random, TrackedGuest.Extent ram, long pages) {
    long first = page(random, ram);
    return new TrackedGuest.Extent(first, ram.clip(first + pages), first);
  }

  private static long page(Random random, TrackedGuest.Extent ram) {
    return random.nextLong(ram.first(), ram.end());
  }

  private static long oneOf(Random random, long... values) {
    return values[random.nextInt(values.length)];
  }

  private static void inSomeOrder(List<BalloonChange> messages, Random random) {
    switch (random.nextInt(3)) {
      case 0 -> Collections.reverse(messages);
      case 1 -> Collections.shuffle(messages, random);
      default -> {}
    }
  }
}
