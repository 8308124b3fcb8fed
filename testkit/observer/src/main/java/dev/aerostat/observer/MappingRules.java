package dev.aerostat.observer;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;

/** What makes a call on the mapper legal, judged by the observer's own model of the mappings. */
final class MappingRules {
  private final RamIndex ram;
  private final ObservedMappings mappings;
  private final long planned;
  private final ViolationLog log;
  private final SparsePageSet unsure;

  MappingRules(RamIndex ram, ObservedMappings mappings, long planned, ViolationLog log) {
    this.ram = ram;
    this.mappings = mappings;
    this.planned = planned;
    this.log = log;
    this.unsure = new SparsePageSet(ram.pages());
  }

  void checkMap(IovaRange iova, HostAddress host) {
    long first = first(iova);
    if (first < 0) {
      log.report(Check.MAP_OUTSIDE_RAM, "%s of %s".formatted(iova, ram.memory()));
      return;
    }
    MemoryRegion region = ram.memory().regionOf(iova.start()).orElseThrow();
    if (!region.hostAddress(iova.start()).equals(host)) {
      log.report(
          Check.MAP_OF_WRONG_MEMORY,
          "%s lies at %s, not at %s".formatted(iova, region.hostAddress(iova.start()), host));
    }
    long end = first + Pages.ofBytes(iova.length());
    long live = mappings.nextLive(first, end);
    if (live < end) {
      log.report(
          Check.MAP_OVERLAPS,
          "%s, which is mapped from 0x%x on".formatted(iova, ram.range(live, end).start()));
    }
    if (unsure.nextIn(first, end) < end) {
      log.report(Check.MAP_OF_UNSURE, iova.toString());
    }
    if (mappings.live() >= planned) {
      log.report(
          Check.TOO_MANY_MAPPINGS, "%s with %d live, the plan".formatted(iova, mappings.live()));
    }
  }

  void mapped(IovaRange iova, long usableAt) {
    long first = first(iova);
    if (first >= 0) {
      mappings.add(first, first + Pages.ofBytes(iova.length()), usableAt);
    }
  }

  /** A map was refused, and not with the promise that all is as before. */
  void leftUnsure(IovaRange iova) {
    long first = first(iova);
    if (first >= 0) {
      long _ = unsure.add(first, first + Pages.ofBytes(iova.length()));
    }
  }

  void checkUnmap(IovaRange iova) {
    long first = unmapFirst(iova);
    long end = unmapEnd(iova);
    if (unsure.nextIn(first, end) < end) {
      return; // It finds what it finds.
    }
    if (mappings.nextLive(first, end) == end) {
      log.report(Check.UNMAP_OF_NOTHING, iova.toString());
    } else if (mappings.spans(first, ram.pages()) || mappings.spans(end, ram.pages())) {
      log.report(Check.UNMAP_CUTS, iova.toString());
    }
  }

  void unmapped(long first, long end) {
    mappings.remove(first, end);
    long _ = unsure.remove(first, end);
  }

  long unmapFirst(IovaRange iova) {
    return ram.pagesBelow(Pages.ofBytes(iova.start()));
  }

  long unmapEnd(IovaRange iova) {
    return ram.pagesBelow(Pages.ofBytes(iova.end()));
  }

  long pages() {
    return ram.pages();
  }

  private long first(IovaRange iova) {
    return ram.indexOf(Pages.ofBytes(iova.start()), Pages.ofBytes(iova.length()));
  }
}
