package dev.aerostat.simulation.trace;

import dev.aerostat.api.GuestRange;
import java.util.List;

/**
 * The guest of a trace, before anything happens. Immutable.
 *
 * @param name the trace's own name, empty if it has none
 * @param kernel the guest's kernel, empty if it is not said
 * @param memoryBytes the guest's RAM, holes not counted
 * @param ram where the RAM lies, ascending
 */
public record TraceHeader(String name, String kernel, long memoryBytes, List<GuestRange> ram) {
  /** Copies the ranges. */
  public TraceHeader {
    ram = List.copyOf(ram);
  }

  /** Returns whether all of {@code [firstPage, endPage)} lies in one range of RAM. */
  boolean holds(long firstPage, long endPage) {
    return ram.stream()
        .anyMatch(range -> range.firstPage() <= firstPage && endPage <= range.endPage());
  }
}
