package dev.aerostat.guest.sim;

import dev.aerostat.api.Pages;
import java.util.List;

/**
 * The order in which a freshly booted Linux gives memory to a balloon: zone after zone, block after
 * block of 4 MiB (the buddy allocator's largest).
 *
 * <p>With one CPU the blocks ascend. With several, each initialises and frees its own part of a
 * zone at the same time as the others (deferred struct page initialisation), so the blocks of the
 * parts take turns.
 */
final class BootOrder {
  /** 1024 pages: MAX_ORDER blocks of x86-64. */
  private static final long BLOCK_BYTES = 1024 * Pages.SIZE;

  private final List<PageZone> zones;
  private final long block;
  private final int cpus;
  private int zone = -1;
  private long firstBlock;
  private long blockCount;
  private long round;
  private int cpu;
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
    round = 0;
    cpu = 0;
  }

  private boolean nextInZone() {
    while (zone >= 0 && round <= blockCount / cpus) {
      long own = partStart(cpu) + round;
      boolean found = own < partStart(cpu + 1);
      if (found) {
        PageZone current = zones.get(zone);
        start = Math.max(current.first(), (firstBlock + own) * block);
        end = Math.min(current.end(), (firstBlock + own + 1) * block);
      }
      cpu++;
      if (cpu == cpus) {
        cpu = 0;
        round++;
      }
      if (found) {
        return true;
      }
    }
    return false;
  }

  private long partStart(int part) {
    return blockCount * part / cpus;
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
