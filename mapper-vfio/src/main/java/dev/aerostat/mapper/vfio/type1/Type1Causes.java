package dev.aerostat.mapper.vfio.type1;

import dev.aerostat.api.Errno;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.backend.AddressRules;
import dev.aerostat.mapper.vfio.backend.LockedMemory;
import java.util.Optional;

/**
 * What an error number of type1v2 means. The kernel has few numbers for many reasons ({@code
 * vfio_dma_do_map}, {@code vfio_dma_do_unmap}), so the rules are looked at again, one by one.
 *
 * @param info the container as it is; empty if it has no device any more
 * @param entryLimit mappings that the container can hold
 */
record Type1Causes(Optional<Type1Info> info, long entryLimit) {
  RefusalCause ofMap(int errno, IovaRange iova, long host, LockedMemory lock) {
    return switch (errno) {
      case Errno.EEXIST -> new RefusalCause.Overlap(iova);
      case Errno.ENOSPC -> new RefusalCause.EntryLimit(entryLimit);
      case Errno.EFAULT -> new RefusalCause.BadHostAddress();
      case Errno.ENOMEM ->
          lock.allows(iova.length()) ? new RefusalCause.OutOfMemory() : lock.forbids(iova.length());
      case Errno.EINVAL -> invalid(iova, host).or(() -> hole(iova)).orElseGet(this::unknown);
      default -> unknown();
    };
  }

  RefusalCause ofUnmap(int errno, IovaRange iova) {
    return errno == Errno.EINVAL && info.isPresent()
        ? invalid(iova, 0).orElseGet(() -> new RefusalCause.WouldSplit(iova))
        : unknown();
  }

  private RefusalCause unknown() {
    return info.isEmpty()
        ? new RefusalCause.NotAttached()
        : new RefusalCause.Other("the kernel states no reason");
  }

  private Optional<RefusalCause> invalid(IovaRange iova, long host) {
    return rules().flatMap(rules -> rules.misalignment(iova, host));
  }

  private Optional<RefusalCause> hole(IovaRange iova) {
    return rules().flatMap(rules -> rules.hole(iova));
  }

  private Optional<AddressRules> rules() {
    return info.map(i -> new AddressRules(Long.lowestOneBit(i.pageSizes()), i.iovaRanges()));
  }
}
