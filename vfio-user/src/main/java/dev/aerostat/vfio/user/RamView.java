package dev.aerostat.vfio.user;

import dev.aerostat.api.Errno;
import dev.aerostat.api.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the guest's memory among what a VMM maps for a device's DMA, which is more than that and
 * never still:
 *
 * <ul>
 *   <li>ROMs, video memory and the BARs of other devices come without a file. They are no RAM.
 *   <li>The VMM unmaps and maps low memory each time that the chipset moves a ROM over it or away
 *       (QEMU's q35 does so ten times a boot). The memory is the same all the time: a page of a
 *       file is always at the same address.
 * </ul>
 *
 * <p>So memory is told by its file and the distance of address and offset in it. What has the same
 * is one extent, with what a ROM covers in between. What is mapped by the first {@link #extents()}
 * is the guest's memory from then on, and a later map must lie in it. One thread.
 */
final class RamView {
  private static final int MOST_MAPS = 4096;

  /** Which piece of memory was mapped, by its start; no RAM if nothing. */
  private final TreeMap<Long, Mapped> maps = new TreeMap<>();

  private Optional<List<RamExtent>> extents = Optional.empty();

  private record Mapped(Span span, boolean writable, Optional<RamExtent> memory) {}

  /** Returns whether the memory is known, and does not change any more. */
  boolean isSettled() {
    return extents.isPresent();
  }

  /** Returns whether anything is mapped. */
  boolean isEmpty() {
    return maps.isEmpty();
  }

  /**
   * Takes a map.
   *
   * @param file of the memory; nothing if it is no memory that could be shared
   * @return whether it is memory that was not known before
   * @throws RefusedException if something is mapped there already, or it is new memory of a guest
   *     whose memory is known
   */
  boolean map(DmaMap map, Optional<RamExtent.FileIdentity> file) throws RefusedException {
    requireFree(map.span());
    Optional<RamExtent> memory = file.map(it -> extent(map, it));
    if (memory.isPresent()) {
      requireKnown(memory.get());
    }
    maps.put(map.span().start(), new Mapped(map.span(), map.writable(), memory));
    return memory.isPresent() && extents.isEmpty();
  }

  private static RamExtent extent(DmaMap map, RamExtent.FileIdentity file) {
    return new RamExtent(file, map.fileOffset() - map.span().start(), map.span());
  }

  private void requireFree(Span span) throws RefusedException {
    Map.Entry<Long, Mapped> before = maps.lowerEntry(span.end());
    if (before != null && before.getValue().span().overlaps(span)) {
      throw new RefusedException(
          Errno.EEXIST,
          "a map of %s: %s is mapped already".formatted(span, before.getValue().span()));
    }
    if (maps.size() == MOST_MAPS) {
      throw new RefusedException(
          Errno.ENOSPC,
          "a map of %s: there are %d already, which is the most; use fewer memory backends"
              .formatted(span, MOST_MAPS));
    }
  }

  private void requireKnown(RamExtent memory) throws RefusedException {
    if (memory.span().end() > Pages.ADDRESS_LIMIT) {
      throw new RefusedException(
          "memory at %s: expected it below 0x%x".formatted(memory.span(), Pages.ADDRESS_LIMIT));
    }
    if (extents.isPresent() && extents.get().stream().noneMatch(it -> it.contains(memory))) {
      throw new RefusedException(
          "memory at %s is new: the guest's memory is what it booted with, so the device cannot use this"
              .formatted(memory.span()));
    }
  }

  /**
   * Takes an unmap: of all that lies within it.
   *
   * @throws RefusedException if that is nothing, or a part of something
   */
  void unmap(DmaUnmap unmap) throws RefusedException {
    if (unmap.all()) {
      maps.clear();
      return;
    }
    Span gone = unmap.span();
    var within = new ArrayList<Long>();
    for (Mapped each : maps.headMap(gone.end(), false).descendingMap().values()) {
      if (!each.span().overlaps(gone)) {
        break;
      }
      if (!gone.contains(each.span())) {
        throw new RefusedException(
            "an unmap of %s, which is a part of %s: expected all of it"
                .formatted(gone, each.span()));
      }
      within.add(each.span().start());
    }
    if (within.isEmpty()) {
      throw new RefusedException(
          Errno.ENOENT, "an unmap of %s, where nothing is mapped".formatted(gone));
    }
    within.forEach(maps::remove);
  }

  /**
   * Returns the guest's memory, which is known from now on.
   *
   * @return by address; nothing if what is mapped has no files, or does not begin at address 0, as
   *     with a virtual IOMMU
   */
  List<RamExtent> extents() {
    if (extents.isEmpty()) {
      List<RamExtent> joined = joined();
      extents = Optional.of(beginAtZero(joined) ? joined : List.of());
    }
    return extents.get();
  }

  private static boolean beginAtZero(List<RamExtent> joined) {
    return !joined.isEmpty() && joined.getFirst().span().start() == 0;
  }

  private List<RamExtent> joined() {
    var joined = new ArrayList<RamExtent>();
    for (Mapped each : maps.values()) {
      each.memory()
          .filter(it -> each.writable() || isPartOf(joined, it))
          .ifPresent(it -> add(joined, it));
    }
    return List.copyOf(joined);
  }

  /** A ROM has a file of its own, or none; memory that is not to be written for now has not. */
  private static boolean isPartOf(List<RamExtent> joined, RamExtent next) {
    return !joined.isEmpty() && joined.getLast().goesOnAs(next);
  }

  private static void add(List<RamExtent> joined, RamExtent next) {
    if (isPartOf(joined, next)) {
      joined.set(joined.size() - 1, joined.getLast().until(next));
    } else {
      joined.add(next);
    }
  }
}
