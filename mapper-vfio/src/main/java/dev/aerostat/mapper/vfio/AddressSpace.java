package dev.aerostat.mapper.vfio;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.List;

/**
 * The addresses that devices use, and the kernel's calls that give them memory. The first three
 * answer as the kernel does, an error number negated, and allocate nothing; what a number means is
 * looked into only when somebody must be told.
 */
sealed interface AddressSpace extends AutoCloseable permits Type1Space, IommufdSpace {
  /** Returns 0, or an error number negated. */
  int map(long iova, long bytes, long host);

  /** Returns the bytes unmapped, or an error number negated. */
  long unmap(long iova, long bytes);

  /** Returns the bytes unmapped. */
  long unmapAll() throws HostRefusedException;

  HostRefusedException mapRefused(int errno, IovaRange iova, long host);

  HostRefusedException unmapRefused(int errno, IovaRange iova);

  /** Throws {@link IllegalStateException} if no device is attached any more. */
  MapperLimits limits();

  VfioBackend backend();

  List<VfioDevice> devices();

  @Override
  void close();
}
