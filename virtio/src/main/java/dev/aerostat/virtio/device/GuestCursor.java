package dev.aerostat.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import java.lang.foreign.MemorySegment;

/**
 * Finds the bytes behind a guest-physical address, as a segment and an offset into it, so that
 * nothing is sliced or allocated. Whatever address a guest gives, the cursor moves only to bytes of
 * its RAM.
 */
public final class GuestCursor {
  private final GuestMemory memory;
  private MemorySegment segment = MemorySegment.NULL;
  private long offset;

  /** The region that the segment is of: a driver's buffers lie close together. */
  private long regionStart;

  private long regionEnd;

  /**
   * Creates a cursor that is nowhere yet.
   *
   * @param memory the guest's RAM
   */
  public GuestCursor(GuestMemory memory) {
    this.memory = memory;
  }

  /**
   * Moves to an address, if it is RAM.
   *
   * @param address guest-physical, any number
   * @return how many bytes from there on lie in one region, 0 if it is no RAM
   */
  public long moveTo(long address) {
    if (!isHere(address) && !enterRegionOf(address)) {
      return 0;
    }
    offset = address - regionStart;
    return regionEnd - address;
  }

  private boolean isHere(long address) {
    return address >= regionStart && address < regionEnd;
  }

  private boolean enterRegionOf(long address) {
    int index = memory.regionOfPage(address >>> Pages.SHIFT);
    if (index < 0) {
      return false;
    }
    MemoryRegion region = memory.region(index);
    segment = region.segment();
    regionStart = region.range().start();
    regionEnd = region.range().end();
    return true;
  }

  /**
   * Moves to an address, if it is RAM.
   *
   * @param address guest-physical, any number
   * @param length of what is there, in bytes
   * @return whether all of it lies in one region
   */
  public boolean moveTo(long address, long length) {
    return moveTo(address) >= length;
  }

  /**
   * Returns whether all of a buffer is RAM; regions that touch count as one. Does not move.
   *
   * @param address guest-physical, any number
   * @param length in bytes, any number
   * @return false for an empty buffer
   */
  public boolean isMemory(long address, long length) {
    if (isHere(address) && length > 0 && length <= regionEnd - address) {
      return true;
    }
    return length > 0
        && memory.containsPages(
            address >>> Pages.SHIFT, ((address + length - 1) >>> Pages.SHIFT) + 1);
  }

  /**
   * Returns the region's bytes that the cursor was last moved into.
   *
   * @return that region's segment
   */
  public MemorySegment segment() {
    return segment;
  }

  /**
   * Returns where in {@link #segment} the cursor is.
   *
   * @return an offset in bytes
   */
  public long offset() {
    return offset;
  }
}
