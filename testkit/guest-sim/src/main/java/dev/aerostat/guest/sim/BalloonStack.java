package dev.aerostat.guest.sim;

import java.util.Arrays;

/**
 * The pages of a balloon, last named on top: the list that Linux keeps in {@code
 * mm/balloon_compaction.c}. An inflate names its pages downwards while inflates step upwards, so an
 * entry stands for blocks of equal length, each named downwards, one above the other:
 *
 * <pre>
 *   start                                    start + length
 *     | block 0  | block 1  | ... | block n  |       named:  0 first, n last
 *                                 ^ top of the stack: the lowest page of the last block
 * </pre>
 *
 * A boot's inflate is thus one entry a zone and CPU block, however large the guest. Addresses are
 * in balloon pages.
 */
final class BalloonStack {
  private long[] starts = new long[16];
  private long[] lengths = new long[16];
  private int[] blocks = new int[16];
  private int entries;
  private long count;

  /** Pages in the balloon. */
  long count() {
    return count;
  }

  int entries() {
    return entries;
  }

  /** Pushes {@code run} pages from {@code start} on, the highest first. */
  void push(long start, int run) {
    count += run;
    int top = entries - 1;
    if (top >= 0 && blocks[top] == run && starts[top] + lengths[top] == start) {
      lengths[top] += run;
    } else {
      insert(entries, start, run, run);
    }
  }

  /** Pops up to {@code wanted} pages, in the reverse of the order in which they were pushed. */
  void pop(int wanted, RunList popped) {
    int left = (int) Math.min(wanted, count);
    while (left > 0) {
      int run = Math.min(left, blocks[entries - 1]);
      popped.add(popFromBlock(run), run);
      left -= run;
    }
  }

  /** Pops from the low end of the last block; what remains of the block becomes an entry. */
  private long popFromBlock(int run) {
    int top = entries - 1;
    int block = blocks[top];
    lengths[top] -= block;
    long low = starts[top] + lengths[top];
    if (lengths[top] == 0) {
      entries--;
    }
    if (run < block) {
      insert(entries, low + run, block - run, block - run);
    }
    count -= run;
    return low;
  }

  /**
   * Removes a page from anywhere, keeping the order of the others.
   *
   * @param index 0 to {@link #count}, exclusive; each stands for one page
   * @return the page
   */
  long remove(long index) {
    int entry = 0;
    long offset = index;
    while (offset >= lengths[entry]) {
      offset -= lengths[entry++];
    }
    long start = starts[entry];
    long end = start + lengths[entry];
    int block = blocks[entry];
    long page = start + offset;
    long low = page - offset % block;
    long high = low + block;
    delete(entry);
    // The upper part of the block was named before the lower.
    insertUnlessEmpty(entry, high, end - high, block);
    insertUnlessEmpty(entry, low, page - low, (int) (page - low));
    insertUnlessEmpty(entry, page + 1, high - page - 1, (int) (high - page - 1));
    insertUnlessEmpty(entry, start, low - start, block);
    count--;
    return page;
  }

  private void insertUnlessEmpty(int at, long start, long length, int block) {
    if (length > 0) {
      insert(at, start, length, block);
    }
  }

  private void insert(int at, long start, long length, int block) {
    if (entries == starts.length) {
      starts = Arrays.copyOf(starts, 2 * entries);
      lengths = Arrays.copyOf(lengths, 2 * entries);
      blocks = Arrays.copyOf(blocks, 2 * entries);
    }
    int moved = entries - at;
    System.arraycopy(starts, at, starts, at + 1, moved);
    System.arraycopy(lengths, at, lengths, at + 1, moved);
    System.arraycopy(blocks, at, blocks, at + 1, moved);
    starts[at] = start;
    lengths[at] = length;
    blocks[at] = block;
    entries++;
  }

  private void delete(int at) {
    int moved = --entries - at;
    System.arraycopy(starts, at + 1, starts, at, moved);
    System.arraycopy(lengths, at + 1, lengths, at, moved);
    System.arraycopy(blocks, at + 1, blocks, at, moved);
  }
}
