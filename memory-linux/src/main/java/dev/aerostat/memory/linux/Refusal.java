package dev.aerostat.memory.linux;

import dev.aerostat.api.Errno;
import java.io.IOException;

/** A system call that failed while memory was allocated, in words. */
final class Refusal {
  private Refusal() {}

  static long check(String what, long result) throws IOException {
    if (result < 0 && result >= -4095) {
      int errno = (int) -result;
      throw new IOException("cannot %s (%s): %s".formatted(what, Errno.name(errno), advice(errno)));
    }
    return result;
  }

  private static String advice(int errno) {
    return switch (errno) {
      case Errno.ENOMEM ->
          "the host has no such memory left; for huge pages reserve more"
              + " (/sys/kernel/mm/hugepages/*/nr_hugepages), else look at ulimit -v and"
              + " /proc/sys/vm/overcommit_memory";
      case Errno.EINVAL, Errno.ENODEV, Errno.ENOENT ->
          "the host has no huge pages of that size; see /sys/kernel/mm/hugepages";
      default -> "look the error number up in the manual page of mmap(2) and memfd_create(2)";
    };
  }
}
