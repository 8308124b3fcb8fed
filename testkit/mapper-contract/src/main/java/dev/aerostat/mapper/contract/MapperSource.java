package dev.aerostat.mapper.contract;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.spi.DmaMapper;
import java.util.Optional;

/**
 * Opens the mappers that clauses are tried on, and describes what their host does in its own way.
 */
@FunctionalInterface
public interface MapperSource {
  /**
   * Opens a mapper: nothing mapped yet, room for at least 32 mappings, the memory's addresses
   * translatable, and pages of 64 KiB at most.
   *
   * @param memory the guest's RAM; the same for all mappers
   * @return a mapper of its own, which the clause closes
   * @throws HostRefusedException if the host refuses
   */
  DmaMapper open(GuestMemory memory) throws HostRefusedException;

  /**
   * Returns whether an unmap of addresses where nothing is mapped is refused, as iommufd does. By
   * default it is not, as with type1v2.
   *
   * @return true if it is
   */
  default boolean refusesEmptyUnmap() {
    return false;
  }

  /**
   * Returns how many mappings are worth making to meet the limit of entries. A host that has more
   * left is not filled up.
   *
   * @return 0 or more; 65,535 by default
   */
  default long entriesWorthFilling() {
    return 65_535;
  }

  /**
   * Returns what reads memory through a mapper, as a device behind it would. Nothing but that can
   * tell a mapping of the right memory from one of other memory, or one that is there from one that
   * will be: without it those clauses pass over what they cannot see.
   *
   * @param mapper one that {@link #open} returned; it may be closed by the time memory is read, and
   *     then nothing is mapped
   * @return the reader; empty by default, and where no device can be told to read
   */
  default Optional<DmaReader> reader(DmaMapper mapper) {
    return Optional.empty();
  }
}
