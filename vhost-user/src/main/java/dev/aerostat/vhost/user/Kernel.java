package dev.aerostat.vhost.user;

import dev.aerostat.api.Errno;
import java.io.IOException;

/** Answers of the kernel, in words. */
final class Kernel {
  private Kernel() {}

  static int check(String what, int result) throws IOException {
    return (int) check(what, (long) result);
  }

  static long check(String what, long result) throws IOException {
    if (result < 0) {
      throw new IOException("cannot %s: %s".formatted(what, Errno.name((int) -result)));
    }
    return result;
  }
}
