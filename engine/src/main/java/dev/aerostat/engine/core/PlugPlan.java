package dev.aerostat.engine.core;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.mem.virtio.MemSettings;

/**
 * Which granules a virtio-mem device withholds until the guest plugs them. Immutable.
 *
 * @param firstGranule the first of them
 * @param endGranule the granule after the last; {@code firstGranule} if there are none
 * @param stepPages how much more the guest is asked to plug at a time, at least: a multiple of the
 *     device's block, in 4 KiB pages
 */
public record PlugPlan(int firstGranule, int endGranule, long stepPages) {
  /** All memory is the guest's from the start, or in the balloon. */
  public static final PlugPlan NONE = new PlugPlan(0, 0, 1);

  /** Linux adds memory 128 MiB at a time on a PC, aligned to that (MIN_MEMORY_BLOCK_SIZE). */
  private static final long STEP_BYTES = 128L << 20;

  /**
   * Finds the granules of a device's region.
   *
   * @param granules the plan of all memory
   * @param settings the device
   * @return the plan
   * @throws IllegalArgumentException if the region is not made of whole granules, that is, if it is
   *     not one or several whole regions of guest memory
   */
  public static PlugPlan of(Granules granules, MemSettings settings) {
    GuestRange region = settings.region();
    boolean inRam = granules.memory().containsPages(region.firstPage(), region.endPage());
    int first = inRam ? granules.indexOf(region.firstPage()) : 0;
    int last = inRam ? granules.indexOf(region.endPage() - 1) : 0;
    if (!inRam
        || granules.firstPage(first) != region.firstPage()
        || granules.endPage(last) != region.endPage()) {
      throw new IllegalArgumentException(
          "a virtio-mem device at %s: expected whole regions of %s"
              .formatted(region, granules.memory()));
    }
    return new PlugPlan(
        first, last + 1, Pages.ofBytes(Math.max(STEP_BYTES, settings.blockBytes())));
  }

  boolean contains(int granule) {
    return granule >= firstGranule && granule < endGranule;
  }

  int count() {
    return endGranule - firstGranule;
  }

  boolean isEmpty() {
    return endGranule == firstGranule;
  }

  /** Returns the first page of the region, and of one that is empty 0. */
  long firstPage(Granules granules) {
    return isEmpty() ? 0 : granules.firstPage(firstGranule);
  }

  /** Returns the pages of the region. */
  long pages(Granules granules) {
    return isEmpty() ? 0 : granules.endPage(endGranule - 1) - granules.firstPage(firstGranule);
  }
}
