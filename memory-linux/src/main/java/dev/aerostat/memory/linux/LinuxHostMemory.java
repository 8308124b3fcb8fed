package dev.aerostat.memory.linux;

import static dev.aerostat.memory.linux.syscall.LinuxConstants.MADV_DONTNEED;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MADV_POPULATE_WRITE;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MADV_REMOVE;
import static dev.aerostat.memory.linux.syscall.LinuxConstants.MS_ASYNC;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Populates and discards memory of this process by madvise(2), whoever allocated it.
 *
 * <p>Populating brings pages in for writing with {@code MADV_POPULATE_WRITE}; on a kernel before
 * 5.14, which does not know it, by writing to each page what it already holds. Discarding frees the
 * pages of a shared mapping's file ({@code MADV_REMOVE}), or drops those of a private mapping
 * ({@code MADV_DONTNEED}); the private mapping of a file would show the file again instead of
 * zeros, so guest memory must not be one.
 *
 * <p>Safe for use by any thread; populating gets faster with several.
 */
public final class LinuxHostMemory implements HostMemory {
  private static final VarHandle WORD = ValueLayout.JAVA_INT.varHandle();

  private final SystemCalls calls;
  private final boolean populatesByAdvice;

  /**
   * Looks what this kernel can do.
   *
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public LinuxHostMemory() {
    this(SystemCalls.libc());
  }

  /** Advice on no memory at all is valid if the kernel knows the advice (mm/madvise.c). */
  LinuxHostMemory(SystemCalls calls) {
    this.calls = calls;
    this.populatesByAdvice = calls.madvise(0, 0, MADV_POPULATE_WRITE) == 0;
  }

  @Override
  public void populate(HostAddress start, long bytes) throws HostRefusedException {
    requirePages(bytes);
    if (populatesByAdvice) {
      check(HostOperation.POPULATE, start, bytes, advise(start, bytes, MADV_POPULATE_WRITE));
    } else {
      check(HostOperation.POPULATE, start, bytes, calls.msync(start.value(), bytes, MS_ASYNC));
      touch(start.value(), bytes);
    }
  }

  @Override
  public void discard(HostAddress start, long bytes) throws HostRefusedException {
    requirePages(bytes);
    int removed = advise(start, bytes, MADV_REMOVE);
    boolean hasNoFile = removed == -Errno.EINVAL;
    check(
        HostOperation.DISCARD,
        start,
        bytes,
        hasNoFile ? advise(start, bytes, MADV_DONTNEED) : removed);
  }

  /**
   * Brings pages in without changing what they hold. Adds 0, atomically: the guest may be writing
   * there at the same time.
   */
  @SuppressWarnings("restricted") // The addresses were found to be mapped just before.
  private static void touch(long address, long bytes) {
    MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(bytes);
    for (long offset = 0; offset < bytes; offset += Pages.SIZE) {
      int _ = (int) WORD.getAndAdd(memory, offset, 0);
    }
  }

  private int advise(HostAddress start, long bytes, int advice) {
    return calls.madvise(start.value(), bytes, advice);
  }

  private void check(HostOperation operation, HostAddress start, long bytes, int result)
      throws HostRefusedException {
    if (result < 0) {
      throw new HostRefusedException(
          operation,
          start.value(),
          bytes,
          -result,
          cause(-result, start, bytes),
          HostRefusedException.State.PARTIAL);
    }
  }

  /** ENOMEM has two meanings: memory that is not there, and a host that has none left. */
  private RefusalCause cause(int errno, HostAddress start, long bytes) {
    return switch (errno) {
      case Errno.ENOMEM ->
          calls.msync(start.value(), bytes, MS_ASYNC) == 0
              ? new RefusalCause.OutOfMemory()
              : new RefusalCause.BadHostAddress();
      case Errno.EFAULT, Errno.EINVAL -> new RefusalCause.BadHostAddress();
      default -> new RefusalCause.Other("madvise failed");
    };
  }

  private static void requirePages(long bytes) {
    if (bytes <= 0 || bytes % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "length %d: expected a positive multiple of %d".formatted(bytes, Pages.SIZE));
    }
  }
}
