package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import java.util.ArrayList;
import java.util.List;

/**
 * What a guest's kernel keeps for itself and no balloon gets, about where recorded guests kept it:
 * 20 MiB at the bottom (its DMA zone), 48 MiB in the middle of the lowest region (its image, which
 * lies elsewhere at each boot), and memory/64 at the top of RAM, where its page structures lie (64
 * bytes a 4 KiB page). A small guest keeps a sixteenth of its memory at most in each of the first
 * two places. The rings lie at the bottom, after the first page.
 *
 * <p>What else it does not balloon, it has left: nobody asks for all of its memory.
 */
final class KernelReserve {
  private static final long FOUR_GIB_PAGE = Pages.ofBytes(4L << 30);
  private static final long BOTTOM_PAGES = Pages.ofBytes(20L << 20);
  private static final long IMAGE_PAGES = Pages.ofBytes(48L << 20);
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
    boolean isOneZone = memory.endPage() <= FOUR_GIB_PAGE;
    for (GuestRange range : left()) {
      long first = range.firstPage();
      long end = range.endPage();
      PageZone.add(zones, Math.max(first, FOUR_GIB_PAGE), end, true, page);
      PageZone.add(below, first, Math.min(end, FOUR_GIB_PAGE), isOneZone, page);
    }
    zones.addAll(below);
    return zones;
  }

  private List<GuestRange> left() {
    long bottom = skip(Math.max(1 + RING_PAGES, Math.min(BOTTOM_PAGES, memory.pages() / 16)));
    GuestRange lowest = memory.region(0).range();
    long image = lowest.firstPage() + (lowest.endPage() - lowest.firstPage()) / 2;
    long imageEnd = image + Math.min(IMAGE_PAGES, memory.pages() / 16);
    long top = skip(memory.pages() - (memory.pages() + 63) / 64);
    var left = new ArrayList<GuestRange>();
    for (MemoryRegion region : memory.regions()) {
      long first = Math.max(region.range().firstPage(), bottom);
      long end = Math.min(region.range().endPage(), top);
      add(left, first, Math.min(end, image));
      add(left, Math.max(first, imageEnd), end);
    }
    return left;
  }

  private static void add(List<GuestRange> ranges, long firstPage, long endPage) {
    if (firstPage < endPage) {
      ranges.add(GuestRange.ofPages(firstPage, endPage));
    }
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
