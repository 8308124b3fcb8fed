package dev.aerostat.mapper.spi;

import dev.aerostat.api.GuestRange;
import java.util.List;

/**
 * What a host is examined for. Immutable.
 *
 * @param host where the host describes itself
 * @param ram where the guest that is to run there has its RAM: at least one range, disjoint
 * @param devices the devices that it is to get, by the names that the mapper's options take; none
 *     stands for any
 */
public record HostExamination(HostTree host, List<GuestRange> ram, List<String> devices) {
  /**
   * Checks the guest.
   *
   * @throws IllegalArgumentException if it has no RAM
   */
  public HostExamination {
    ram = List.copyOf(ram);
    devices = List.copyOf(devices);
    if (ram.isEmpty()) {
      throw new IllegalArgumentException("a guest needs at least one range of RAM");
    }
  }

  /**
   * Returns how much RAM the guest has.
   *
   * @return bytes
   */
  public long ramBytes() {
    return ram.stream().mapToLong(GuestRange::length).sum();
  }
}
