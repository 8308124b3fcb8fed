package dev.aerostat.api;

/** Linux's error numbers, as far as mapping memory can meet them (asm-generic/errno-base.h). */
public final class Errno {
  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** No such file or directory; for iommufd: no such mapping. */
  public static final int ENOENT = 2;

  /** Input or output error; here also: a plugin failed in a way of its own. */
  public static final int EIO = 5;

  /** No open descriptor. */
  public static final int EBADF = 9;

  /** Out of memory, or RLIMIT_MEMLOCK reached. */
  public static final int ENOMEM = 12;

  /** Permission denied. */
  public static final int EACCES = 13;

  /** Bad address. */
  public static final int EFAULT = 14;

  /** Device or resource busy. */
  public static final int EBUSY = 16;

  /** File exists; for a map: overlaps a mapping. */
  public static final int EEXIST = 17;

  /** No such device. */
  public static final int ENODEV = 19;

  /** Invalid argument. */
  public static final int EINVAL = 22;

  /** A request that the kernel, or the file, does not know. */
  public static final int ENOTTY = 25;

  /** No space left; for a map: no entries left. */
  public static final int ENOSPC = 28;

  /** Operation not supported (asm-generic/errno.h). */
  public static final int EOPNOTSUPP = 95;

  /** Not connected; for an interrupt: its pin leads nowhere (asm-generic/errno.h). */
  public static final int ENOTCONN = 107;

  private Errno() {}

  /**
   * Returns the name of an error number.
   *
   * @param errno any number
   * @return such as {@code EINVAL}, or {@code errno 71} for one without a name here
   */
  public static String name(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case EIO -> "EIO";
      case EBADF -> "EBADF";
      case ENOMEM -> "ENOMEM";
      case EACCES -> "EACCES";
      case EFAULT -> "EFAULT";
      case EBUSY -> "EBUSY";
      case EEXIST -> "EEXIST";
      case ENODEV -> "ENODEV";
      case EINVAL -> "EINVAL";
      case ENOTTY -> "ENOTTY";
      case ENOSPC -> "ENOSPC";
      case EOPNOTSUPP -> "EOPNOTSUPP";
      case ENOTCONN -> "ENOTCONN";
      default -> "errno " + errno;
    };
  }
}
