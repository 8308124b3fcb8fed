package dev.aerostat.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Orders in which an allocator hands out the pages of a guest, as page numbers without holes. */
final class BlockOrder {
  private static final long SEED = 20;

  private BlockOrder() {}

  private record Block(int first, int pages) {
    /** A block is taken from its top down, as the recordings show. */
    IntStream pagesDown() {
      return IntStream.range(0, pages).map(i -> first + pages - 1 - i);
    }
  }

  static IntStream descending(int pages) {
    return new Block(0, pages).pagesDown();
  }

  /** Blocks of all orders, each as many as any other: half of them have less than 64 pages. */
  static IntStream buddy(int pages) {
    return shuffled(pages, 11);
  }

  /** Blocks of 1, 2, 4 and 8 pages, each as many as any other. */
  static IntStream allSmall(int pages) {
    return shuffled(pages, 4);
  }

  /** Aligned blocks in random order all over memory. */
  private static IntStream shuffled(int pages, int orders) {
    var random = new Random(SEED);
    int largest = 1 << (orders - 1);
    var blocks = new ArrayList<Block>();
    for (int unit = 0; unit < pages; unit += largest) {
      cut(unit, largest, order(random, orders), blocks);
    }
    Collections.shuffle(blocks, random);
    return blocks.stream().flatMapToInt(Block::pagesDown);
  }

  /** Draws an order in proportion to its size, so that it makes as many blocks as any other. */
  private static int order(Random random, int orders) {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(1 + random.nextInt((1 << orders) - 1));
  }

  private static void cut(int first, int pages, int order, List<Block> blocks) {
    for (int from = first; from < first + pages; from += 1 << order) {
      blocks.add(new Block(from, 1 << order));
    }
  }
}
