package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import java.util.ArrayList;
import java.util.List;

/**
 * What a guest's kernel keeps for itself and no balloon gets: memory/64 at the top of RAM, where
 * its page structures lie (64 bytes a 4 KiB page), and 256 MiB from the bottom for its image, DMA
 * zone and first processes. A guest of less than 2 GiB keeps an eighth of its memory instead of the
 * 256 MiB. The rings lie at the bottom, after the first page.
 */
final class KernelReserve {
  private static final long FOUR_GIB_PAGE = Pages.ofBytes(4L << 30);
  private static final long LOW_PAGES = Pages.ofBytes(256L << 20);
  private static final long RING_PAGES = Pages.ofBytes(BalloonDriver.RING_BYTES);

  private final GuestMemory memory;

  KernelReserve(GuestMemory memory) {
    this.memory = memory;
    long lowest = memory.region(0).range().length();
    if (lowest < Pages.toBytes(1 + RING_PAGES) || zones(BalloonPage.SMALL).isEmpty()) {
      throw new IllegalArgumentException(
          "%s is too small for a guest: its lowest region needs at least %d bytes, and something"
                  .formatted(memory, Pages.toBytes(1 + RING_PAGES))
              + " must be left over for the balloon");
    }
  }

  /** Guest-physical address of the rings. */
  long ringAddress() {
    return memory.region(0).range().start() + Pages.SIZE;
  }

  /**
   * What is left over, whole balloon pages only, in the order in which Linux's zones are tried:
   * from 4 GiB up (ZONE_NORMAL), then below (ZONE_DMA32).
   */
  List<PageZone> zones(BalloonPage page) {
    var zones = new ArrayList<PageZone>();
    var below = new ArrayList<PageZone>();
    long low = skip(Math.max(1 + RING_PAGES, Math.min(LOW_PAGES, memory.pages() / 8)));
    long high = skip(memory.pages() - (memory.pages() + 63) / 64);
    for (MemoryRegion region : memory.regions()) {
      GuestRange range = region.range();
      long first = Math.max(range.firstPage(), low);
      long end = Math.min(range.endPage(), high);
      PageZone.add(zones, Math.max(first, FOUR_GIB_PAGE), end, page);
      PageZone.add(below, first, Math.min(end, FOUR_GIB_PAGE), page);
    }
    zones.addAll(below);
    return zones;
  }

  /** The page number at which so many pages of RAM lie below. */
  private long skip(long pages) {
    long left = pages;
    for (MemoryRegion region : memory.regions()) {
      GuestRange range = region.range();
      long length = range.endPage() - range.firstPage();
      if (left < length) {
        return range.firstPage() + left;
      }
      left -= length;
    }
    return memory.endPage();
  }
}
