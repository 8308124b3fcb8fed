package dev.aerostat.guest.sim;

import dev.aerostat.api.Pages;
import java.util.List;

/**
 * The order in which a freshly booted Linux hands memory to a balloon: zone after zone, block after
 * block of 4 MiB (the buddy allocator's largest). It is the order in which memory was freed to the
 * allocator as the kernel initialised it, since each block goes to the tail of its list
 * (__free_pages_core in mm/page_alloc.c); recorded guests of one CPU say the same.
 *
 * <p>With one CPU the blocks ascend. With several, the highest zone is initialised by all of them
 * at once, from Linux 5.8 on: each takes a part of 128 MiB or more, four parts a CPU, and so the
 * blocks of as many parts as there are CPUs take turns (deferred_init_memmap in mm/mm_init.c,
 * padata_do_multithreaded in kernel/padata.c). Older kernels use one CPU a node.
 */
final class BootOrder {
  /** 1024 pages: MAX_ORDER blocks of x86-64. */
  private static final long BLOCK_BYTES = 1024 * Pages.SIZE;

  /** PAGES_PER_SECTION of x86-64, in blocks: the smallest part that a CPU takes. */
  private static final long SECTION_BLOCKS = (128L << 20) / BLOCK_BYTES;

  /** load_balance_factor in kernel/padata.c. */
  private static final long PARTS_A_CPU = 4;

  private final List<PageZone> zones;
  private final long block;
  private final int cpus;
  private int zone = -1;
  private long firstBlock;
  private long blockCount;
  private long workers;
  private long partBlocks;
  private long step;
  private long start;
  private long end;

  BootOrder(List<PageZone> zones, BalloonPage page, int cpus) {
    this.zones = zones;
    this.block = BLOCK_BYTES / page.bytes();
    this.cpus = cpus;
  }

  /** Goes on to the next block; false if there is none. */
  boolean advance() {
    while (!nextInZone()) {
      if (zone + 1 >= zones.size()) {
        return false;
      }
      enter(zones.get(++zone));
    }
    return true;
  }

  private void enter(PageZone next) {
    firstBlock = next.first() / block;
    blockCount = (next.end() - 1) / block + 1 - firstBlock;
    workers = next.deferred() ? Math.clamp(blockCount / SECTION_BLOCKS, 1, cpus) : 1;
    partBlocks = Math.max(SECTION_BLOCKS, blockCount / (PARTS_A_CPU * workers));
    step = 0;
  }

  private boolean nextInZone() {
    if (zone < 0) {
      return false;
    }
    long round = workers * partBlocks;
    long rounds = (blockCount + round - 1) / round;
    while (step < rounds * round) {
      long inRound = step % round;
      long own = step - inRound + inRound % workers * partBlocks + inRound / workers;
      step++;
      if (own < blockCount) {
        PageZone current = zones.get(zone);
        start = Math.max(current.first(), (firstBlock + own) * block);
        end = Math.min(current.end(), (firstBlock + own + 1) * block);
        return true;
      }
    }
    return false;
  }

  /** First balloon page of the block. */
  long start() {
    return start;
  }

  /** First balloon page after the block. */
  long end() {
    return end;
  }
}
