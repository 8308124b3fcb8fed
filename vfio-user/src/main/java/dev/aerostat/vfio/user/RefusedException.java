package dev.aerostat.vfio.user;

import dev.aerostat.api.Errno;

/** A request that cannot be served, and why: the client is answered with an error number. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;

  RefusedException(String reason) {
    this(Errno.EINVAL, reason);
  }

  RefusedException(int errno, String reason) {
    super(reason);
    this.errno = errno;
  }

  RefusedException(String reason, Throwable cause) {
    super(reason, cause);
    this.errno = Errno.EINVAL;
  }

  int errno() {
    return errno;
  }
}
