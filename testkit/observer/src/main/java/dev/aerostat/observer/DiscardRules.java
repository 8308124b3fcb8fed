package dev.aerostat.observer;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;

/** What may be discarded: pages that are ballooned and not mapped. */
final class DiscardRules {
  private final RamIndex ram;
  private final Balloon balloon;
  private final ObservedMappings mappings;
  private final ViolationLog log;

  DiscardRules(RamIndex ram, Balloon balloon, ObservedMappings mappings, ViolationLog log) {
    this.ram = ram;
    this.balloon = balloon;
    this.mappings = mappings;
    this.log = log;
  }

  void check(HostAddress start, long bytes) {
    long first = index(start, bytes);
    if (first < 0) {
      log.report(Check.DISCARD_OUTSIDE_RAM, "%d bytes at host address %s".formatted(bytes, start));
      return;
    }
    long end = first + Pages.ofBytes(bytes);
    long inUse = balloon.nextNotBallooned(first, end);
    if (inUse < end) {
      log.report(Check.DISCARD_IN_USE, ram.range(inUse, end).toString());
    }
    long live = mappings.nextLive(first, end);
    if (live < end) {
      log.report(Check.DISCARD_MAPPED, ram.range(live, end).toString());
    }
  }

  private long index(HostAddress start, long bytes) {
    for (MemoryRegion region : ram.memory().regions()) {
      long offset = start.value() - region.segment().address();
      if (offset >= 0 && offset < region.segment().byteSize()) {
        return ram.indexOf(
            region.range().firstPage() + Pages.ofBytes(offset), Pages.ofBytes(bytes));
      }
    }
    return -1;
  }
}
