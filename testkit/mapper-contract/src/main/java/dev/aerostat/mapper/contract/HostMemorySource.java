package dev.aerostat.mapper.contract;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostMemory;

/** Where the host memory comes from that clauses are tried on. */
@FunctionalInterface
public interface HostMemorySource {
  /**
   * Returns what populates and discards.
   *
   * @param memory the guest's RAM
   * @return what works on that memory, for as long as the clause runs
   */
  HostMemory of(GuestMemory memory);

  /**
   * Returns whether populating and discarding do something to the memory of this process. A
   * simulated host keeps books and touches none.
   *
   * @return true unless overridden
   */
  default boolean touchesMemory() {
    return true;
  }

  /**
   * Returns whether discarding gives pages back to the host. One that can only write zeros keeps
   * them, and breaks that part of {@link HostMemory}'s contract.
   *
   * @return true unless overridden
   */
  default boolean givesBack() {
    return true;
  }
}
