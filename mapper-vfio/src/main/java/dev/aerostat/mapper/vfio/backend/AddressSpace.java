package dev.aerostat.mapper.vfio.backend;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.util.List;

/**
 * The addresses that devices use, and the kernel's calls that map memory there.
 *
 * <p>{@link #map} and {@link #unmap} answer as the kernel does, with an error number negated, and
 * allocate nothing. What a number means is looked into only when somebody must be told.
 */
public interface AddressSpace extends AutoCloseable {
  /**
   * Maps memory for the devices.
   *
   * @param iova address that devices use
   * @param bytes length
   * @param host address of the memory in this process
   * @return 0, or an error number negated
   */
  int map(long iova, long bytes, long host);

  /**
   * Unmaps every mapping in a range.
   *
   * @param iova address that devices use
   * @param bytes length
   * @return the bytes unmapped, or an error number negated
   */
  long unmap(long iova, long bytes);

  /**
   * Unmaps everything.
   *
   * @return the bytes unmapped
   * @throws HostRefusedException if the kernel refuses
   */
  long unmapAll() throws HostRefusedException;

  /**
   * Finds out why a map was refused.
   *
   * @param errno what {@link #map} returned, not negated
   * @param iova what was to be mapped
   * @param host address of the memory in this process
   * @return for the caller to throw
   */
  HostRefusedException mapRefused(int errno, IovaRange iova, long host);

  /**
   * Finds out why an unmap was refused.
   *
   * @param errno what {@link #unmap} returned, not negated
   * @param iova what was to be unmapped
   * @return for the caller to throw
   */
  HostRefusedException unmapRefused(int errno, IovaRange iova);

  /**
   * Returns what can be mapped.
   *
   * @return as it is now
   * @throws IllegalStateException if no device is attached any more
   */
  MapperLimits limits();

  /**
   * Returns the files of the devices.
   *
   * @return in the order in which the devices were named; closed with this address space
   */
  List<Descriptor> devices();

  /**
   * Returns the files by which KVM's VFIO device knows the devices.
   *
   * @return one for each device, in the same order; closed with this address space
   */
  List<Descriptor> kvmFiles();

  /**
   * Closes all that was opened. A region of a device that is still mapped into memory keeps the
   * device, and what it can reach with it: unmap everything before.
   */
  @Override
  void close();
}
