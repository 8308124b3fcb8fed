package dev.aerostat.engine.core;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;

/** What a host answers that is out of memory. */
final class Refusals {
  private Refusals() {}

  static HostRefusedException of(PendingCall call, HostRefusedException.State state) {
    HostOperation operation =
        switch (call.kind()) {
          case POPULATE -> HostOperation.POPULATE;
          case MAP -> HostOperation.MAP;
          case UNMAP_ALL -> HostOperation.UNMAP;
        };
    return new HostRefusedException(
        operation,
        call.firstPage() << 12,
        (call.endPage() - call.firstPage()) << 12,
        Errno.ENOMEM,
        new RefusalCause.OutOfMemory(),
        state);
  }
}
