package dev.aerostat.engine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import java.util.ArrayList;
import java.util.List;

/** Cuts regions of memory where a range begins and ends, so that no mapping lies over its ends. */
final class RegionCut {
  private RegionCut() {}

  /** Returns the same memory, of which the range is whole regions, as far as it is RAM. */
  static GuestMemory at(GuestMemory memory, GuestRange range) {
    var regions = new ArrayList<MemoryRegion>();
    for (MemoryRegion region : memory.regions()) {
      regions.addAll(cut(region, range));
    }
    return GuestMemory.of(regions);
  }

  private static List<MemoryRegion> cut(MemoryRegion region, GuestRange range) {
    long start = region.range().start();
    long end = region.range().end();
    long from = Math.clamp(range.start(), start, end);
    long to = Math.clamp(range.end(), start, end);
    var pieces = new ArrayList<MemoryRegion>();
    addPiece(pieces, region, start, from);
    addPiece(pieces, region, from, to);
    addPiece(pieces, region, to, end);
    return pieces;
  }

  private static void addPiece(List<MemoryRegion> pieces, MemoryRegion of, long start, long end) {
    if (start < end) {
      var range = new GuestRange(start, end);
      pieces.add(
          new MemoryRegion(
              range, of.segment().asSlice(start - of.range().start(), range.length())));
    }
  }
}
