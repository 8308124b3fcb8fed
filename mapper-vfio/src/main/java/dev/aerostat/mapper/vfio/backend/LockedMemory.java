package dev.aerostat.mapper.vfio.backend;

import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.memory.linux.syscall.LinuxConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much memory may be locked, and is: what VFIO pins is charged to an account with
 * RLIMIT_MEMLOCK.
 *
 * @param limitBytes RLIMIT_MEMLOCK; {@link Long#MAX_VALUE} for no limit, or with CAP_IPC_LOCK
 * @param lockedBytes what is charged now, as far as this process knows; 0 if there is no limit
 */
public record LockedMemory(long limitBytes, long lockedBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int CAP_IPC_LOCK = 14;
  private static final LockedMemory NO_LIMIT = new LockedMemory(Long.MAX_VALUE, 0);

  /**
   * Reads the process's account, that of mlock(2), to which type1 charges ({@code vfio_lock_acct}).
   *
   * @param calls to the kernel
   * @return as it is now
   */
  public static LockedMemory ofProcess(SystemCalls calls) {
    return read(calls, "VmLck:");
  }

  /**
   * Reads the user's account, which all processes of a user share; iommufd charges to it ({@code
   * incr_user_locked_vm}). What other processes have there cannot be seen.
   *
   * @param calls to the kernel
   * @return as it is now
   */
  public static LockedMemory ofUser(SystemCalls calls) {
    return read(calls, "VmPin:");
  }

  /**
   * Returns how much more can be locked.
   *
   * @return bytes, or {@link MapperLimits#UNLIMITED}
   */
  public long lockableBytes() {
    return limitBytes == Long.MAX_VALUE
        ? MapperLimits.UNLIMITED
        : Math.max(0, limitBytes - lockedBytes);
  }

  /** What is locked is a line of /proc/self/status (proc(5)), read only where there is a limit. */
  private static LockedMemory read(SystemCalls calls, String locked) {
    long limit = limit(calls);
    if (limit == Long.MAX_VALUE) {
      return NO_LIMIT;
    }
    List<String> status = status();
    boolean exempt = (number(status, "CapEff:", 16) >>> CAP_IPC_LOCK & 1) != 0;
    return exempt ? NO_LIMIT : new LockedMemory(limit, number(status, locked, 10) << 10);
  }

  /**
   * Returns whether there is no limit.
   *
   * @return true if any amount may be locked
   */
  public boolean unlimited() {
    return limitBytes == Long.MAX_VALUE;
  }

  /**
   * Returns whether more can be locked.
   *
   * @param bytes how much more
   * @return true if the limit is not the obstacle, as far as this process knows
   */
  public boolean allows(long bytes) {
    return limitBytes - lockedBytes >= bytes;
  }

  /**
   * Returns the refusal of a map that the limit does not allow.
   *
   * @param bytes how much was to be locked
   * @return the limit, and what it would have to be
   */
  public RefusalCause forbids(long bytes) {
    return new RefusalCause.MemoryLockLimit(limitBytes, lockedBytes + bytes);
  }

  private static long limit(SystemCalls calls) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limits = arena.allocate(ValueLayout.JAVA_LONG, 2);
      int result = calls.getrlimit(LinuxConstants.RLIMIT_MEMLOCK, limits);
      long soft = limits.get(ValueLayout.JAVA_LONG, 0);
      return result < 0 || soft == LinuxConstants.RLIM_INFINITY ? Long.MAX_VALUE : soft;
    }
  }

  private static List<String> status() {
    try {
      return Files.readAllLines(STATUS);
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  private static long number(List<String> status, String key, int radix) {
    return status.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).replace("kB", "").strip())
        .mapToLong(text -> Long.parseUnsignedLong(text, radix))
        .findFirst()
        .orElse(0);
  }
}
