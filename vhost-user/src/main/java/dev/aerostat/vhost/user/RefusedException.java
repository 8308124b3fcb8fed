package dev.aerostat.vhost.user;

/** A request that cannot be served, and why: the front end's mistake, or the host's refusal. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedException(String reason) {
    super(reason);
  }

  RefusedException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
