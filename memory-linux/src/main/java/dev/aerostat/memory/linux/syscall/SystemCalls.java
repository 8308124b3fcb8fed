package dev.aerostat.memory.linux.syscall;

import java.lang.foreign.MemorySegment;

/**
 * The system calls, as a seam: tests put something else here.
 *
 * <p>Every method answers as the kernel does: 0 or more if done, else the error number, negated.
 * Nothing is thrown, nothing is retried. Safe for use by any thread; a call blocks for as long as
 * the kernel takes, and allocates nothing on the heap.
 */
public interface SystemCalls {
  /**
   * Returns the C library of this process.
   *
   * @return calls to the kernel
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  static SystemCalls libc() {
    NativeAccess.require();
    return LibcCalls.INSTANCE;
  }

  /**
   * Opens a file (open(2)).
   *
   * @param path absolute
   * @param flags {@link LinuxConstants#O_RDWR} and others
   * @return a descriptor, or an error number negated
   */
  int open(String path, int flags);

  /**
   * Closes a descriptor (close(2)).
   *
   * @param descriptor an open one
   * @return 0, or an error number negated
   */
  int close(int descriptor);

  /**
   * Duplicates the descriptor of an open file (F_DUPFD_CLOEXEC of fcntl(2)).
   *
   * @param descriptor an open one
   * @return a descriptor, or an error number negated
   */
  int duplicate(int descriptor);

  /**
   * Controls a device with an argument by value (ioctl(2)).
   *
   * @param descriptor an open one
   * @param request what to do
   * @param argument a number
   * @return 0 or more, or an error number negated
   */
  int ioctl(int descriptor, long request, long argument);

  /**
   * Controls a device with an argument by reference (ioctl(2)).
   *
   * @param descriptor an open one
   * @param request what to do
   * @param argument a native structure, which the kernel may write to
   * @return 0 or more, or an error number negated
   */
  int ioctl(int descriptor, long request, MemorySegment argument);

  /**
   * Reads at an offset (pread(2)).
   *
   * @param descriptor an open one
   * @param buffer native
   * @param offset in bytes
   * @return bytes read, or an error number negated
   */
  long pread(int descriptor, MemorySegment buffer, long offset);

  /**
   * Writes at an offset (pwrite(2)).
   *
   * @param descriptor an open one
   * @param buffer native
   * @param offset in bytes
   * @return bytes written, or an error number negated
   */
  long pwrite(int descriptor, MemorySegment buffer, long offset);

  /**
   * Maps memory (mmap(2)).
   *
   * @param address where, or 0 for anywhere
   * @param bytes how much
   * @param protection such as {@link LinuxConstants#PROT_READ}
   * @param flags such as {@link LinuxConstants#MAP_SHARED}
   * @param descriptor of the file, or -1
   * @param offset in the file, in bytes
   * @return the address, or an error number negated
   */
  long mmap(long address, long bytes, int protection, int flags, int descriptor, long offset);

  /**
   * Takes a mapping away (munmap(2)).
   *
   * @param address a multiple of the page size
   * @param bytes how much
   * @return 0, or an error number negated
   */
  int munmap(long address, long bytes);

  /**
   * Advises on memory (madvise(2)).
   *
   * @param address a multiple of the page size
   * @param bytes how much
   * @param advice such as {@link LinuxConstants#MADV_POPULATE_WRITE}
   * @return 0, or an error number negated
   */
  int madvise(long address, long bytes, int advice);

  /**
   * Synchronises a mapping with its file (msync(2)). With {@link LinuxConstants#MS_ASYNC} it does
   * nothing but say {@code ENOMEM} where no memory is mapped.
   *
   * @param address a multiple of the page size
   * @param bytes how much
   * @param flags such as {@link LinuxConstants#MS_ASYNC}
   * @return 0, or an error number negated
   */
  int msync(long address, long bytes, int flags);

  /**
   * Creates a file that lives in memory (memfd_create(2)).
   *
   * @param name for /proc
   * @param flags such as {@link LinuxConstants#MFD_CLOEXEC}
   * @return a descriptor, or an error number negated
   */
  int memfdCreate(String name, int flags);

  /**
   * Returns the seals of a file in memory (fcntl(2), {@code F_GET_SEALS}).
   *
   * @param descriptor an open one
   * @return a bit set if the file is on tmpfs or hugetlbfs, each memfd included; {@code EINVAL}
   *     negated of any other, or another error number negated
   */
  int seals(int descriptor);

  /**
   * Sets the size of a file (ftruncate(2)).
   *
   * @param descriptor an open one
   * @param bytes the new size
   * @return 0, or an error number negated
   */
  int ftruncate(int descriptor, long bytes);

  /**
   * Reads a resource limit (getrlimit(2)).
   *
   * @param resource such as {@link LinuxConstants#RLIMIT_MEMLOCK}
   * @param limits 16 native bytes: the soft limit, then the hard one
   * @return 0, or an error number negated
   */
  int getrlimit(int resource, MemorySegment limits);
}
