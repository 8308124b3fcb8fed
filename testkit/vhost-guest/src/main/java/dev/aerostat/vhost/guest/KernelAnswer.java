package dev.aerostat.vhost.guest;

import dev.aerostat.api.Errno;
import java.io.IOException;

/** Answers of the kernel. */
final class KernelAnswer {
  private KernelAnswer() {}

  static int check(String what, long result) throws IOException {
    if (result < 0) {
      throw new IOException("cannot %s: %s".formatted(what, Errno.name((int) -result)));
    }
    return (int) result;
  }
}
