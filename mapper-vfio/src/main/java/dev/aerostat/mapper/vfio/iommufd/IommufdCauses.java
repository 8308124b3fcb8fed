package dev.aerostat.mapper.vfio.iommufd;

import dev.aerostat.api.Errno;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.backend.AddressRules;
import dev.aerostat.mapper.vfio.backend.LockedMemory;

/**
 * What an error number of a map means to iommufd ({@code iopt_map_user_pages}, {@code
 * iopt_check_iova}, {@code incr_user_locked_vm}).
 *
 * @param rules what addresses the devices can use
 */
record IommufdCauses(AddressRules rules) {
  RefusalCause ofMap(int errno, IovaRange iova, long host, LockedMemory lock) {
    return switch (errno) {
      case Errno.EEXIST -> new RefusalCause.Overlap(iova);
      case Errno.EFAULT -> new RefusalCause.BadHostAddress();
      case Errno.ENOMEM -> ofNoMemory(iova, lock);
      case Errno.EINVAL ->
          rules
              .misalignment(iova, host)
              .or(() -> rules.hole(iova))
              .orElseGet(IommufdCauses::unknown);
      default -> unknown();
    };
  }

  /** The account is the user's, and other processes may have used it up. */
  private static RefusalCause ofNoMemory(IovaRange iova, LockedMemory lock) {
    if (!lock.allows(iova.length())) {
      return lock.forbids(iova.length());
    }
    return lock.unlimited()
        ? new RefusalCause.OutOfMemory()
        : new RefusalCause.Other(
            "the host is out of memory, or other processes of this user have locked too much:"
                + " iommufd holds all of them together to RLIMIT_MEMLOCK, %d bytes"
                    .formatted(lock.limitBytes()));
  }

  static RefusalCause unknown() {
    return new RefusalCause.Other("the kernel states no reason");
  }
}
