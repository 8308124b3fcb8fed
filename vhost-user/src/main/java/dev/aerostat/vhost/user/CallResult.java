package dev.aerostat.vhost.user;

import dev.aerostat.api.Errno;
import java.io.IOException;

/** What system calls return: 0 or more, or an error number, negated. */
final class CallResult {
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EPIPE = 32;
  static final int EOPNOTSUPP = 95;
  static final int ECONNRESET = 104;

  private CallResult() {}

  static int require(String what, int result) throws IOException {
    return (int) require(what, (long) result);
  }

  /** Returns the result; an error becomes an exception that says what could not be done. */
  static long require(String what, long result) throws IOException {
    if (result < 0) {
      throw new IOException("cannot %s: %s".formatted(what, Errno.name((int) -result)));
    }
    return result;
  }
}
