package dev.aerostat.memory.linux.socket;

import dev.aerostat.api.Errno;
import java.io.IOException;

/** What system calls return: 0 or more, or an error number, negated. */
public final class CallResult {
  /** A signal came. */
  public static final int EINTR = 4;

  /** There is nothing yet, or no room. */
  public static final int EAGAIN = 11;

  /** Nobody reads. */
  public static final int EPIPE = 32;

  /** The file cannot do it. */
  public static final int EOPNOTSUPP = 95;

  /** The peer is gone, with what it had not read. */
  public static final int ECONNRESET = 104;

  private CallResult() {}

  /**
   * Returns the result; an error becomes an exception.
   *
   * @param what could not be done then, such as {@code make a socket}
   * @param result of a system call
   * @return the same
   * @throws IOException with {@code what} and the error's name
   */
  public static int require(String what, int result) throws IOException {
    return (int) require(what, (long) result);
  }

  /**
   * Returns the result; an error becomes an exception.
   *
   * @param what could not be done then, such as {@code make a socket}
   * @param result of a system call
   * @return the same
   * @throws IOException with {@code what} and the error's name
   */
  public static long require(String what, long result) throws IOException {
    if (result < 0) {
      throw new IOException("cannot %s: %s".formatted(what, Errno.name((int) -result)));
    }
    return result;
  }
}
