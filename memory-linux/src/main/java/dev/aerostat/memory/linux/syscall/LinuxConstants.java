package dev.aerostat.memory.linux.syscall;

/**
 * Numbers of Linux on x86-64 and AArch64, where they are the same (asm-generic/fcntl.h,
 * asm-generic/mman-common.h, linux/memfd.h, linux/falloc.h, asm-generic/resource.h).
 */
public final class LinuxConstants {
  /** open(2): for writing. */
  public static final int O_WRONLY = 1;

  /** open(2): for reading and writing. */
  public static final int O_RDWR = 2;

  /** open(2): calls do not wait. */
  public static final int O_NONBLOCK = 0x800;

  /** open(2): not inherited by programs that this one starts. */
  public static final int O_CLOEXEC = 0x80000;

  /** fcntl(2): another descriptor of the file, not inherited; 1030 is F_LINUX_SPECIFIC_BASE + 6. */
  public static final int F_DUPFD_CLOEXEC = 1030;

  /** fcntl(2): the seals of a file in memory; 1034 is F_LINUX_SPECIFIC_BASE + 10. */
  public static final int F_GET_SEALS = 1034;

  /** mmap(2): no access. */
  public static final int PROT_NONE = 0;

  /** mmap(2): may be read. */
  public static final int PROT_READ = 1;

  /** mmap(2): may be written. */
  public static final int PROT_WRITE = 2;

  /** mmap(2): writes reach the file. */
  public static final int MAP_SHARED = 1;

  /** mmap(2): writes are this process's own. */
  public static final int MAP_PRIVATE = 2;

  /** mmap(2): exactly there, in place of what was there. */
  public static final int MAP_FIXED = 0x10;

  /** mmap(2): without a file. */
  public static final int MAP_ANONYMOUS = 0x20;

  /** mmap(2): reserves no swap. */
  public static final int MAP_NORESERVE = 0x4000;

  /** madvise(2): drops the pages of this mapping. */
  public static final int MADV_DONTNEED = 4;

  /** madvise(2): frees the pages of the shared file behind this mapping. */
  public static final int MADV_REMOVE = 9;

  /** madvise(2): transparent huge pages are welcome. */
  public static final int MADV_HUGEPAGE = 14;

  /** madvise(2): brings pages in for writing; since Linux 5.14. */
  public static final int MADV_POPULATE_WRITE = 23;

  /** msync(2): without waiting. */
  public static final int MS_ASYNC = 1;

  /** memfd_create(2): not inherited by programs that this one starts. */
  public static final int MFD_CLOEXEC = 1;

  /** memfd_create(2): of huge pages. */
  public static final int MFD_HUGETLB = 4;

  /** memfd_create(2): the base-two logarithm of the huge page's size stands here. */
  public static final int MFD_HUGE_SHIFT = 26;

  /** getrlimit(2): bytes that may be locked. */
  public static final int RLIMIT_MEMLOCK = 8;

  /** getrlimit(2): no limit. */
  public static final long RLIM_INFINITY = -1;

  private LinuxConstants() {}
}
