package dev.aerostat.memory.linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The C library.
 *
 * <p>How a call is made: its handle is a constant and invoked exactly, so that the compiler sees
 * through it; errno is captured by the call itself, before the JVM can change it, into a segment of
 * the thread's own; a string is copied to an arena that ends with the call.
 */
final class LibcCalls implements SystemCalls {
  static final LibcCalls INSTANCE = new LibcCalls();

  private static final ThreadLocal<MemorySegment> CALL_STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(LibcHandles.CALL_STATE));

  private LibcCalls() {}

  /** Where this thread's calls leave errno. */
  static MemorySegment state() {
    return CALL_STATE.get();
  }

  @Override
  public int open(String path, int flags) {
    MemorySegment state = CALL_STATE.get();
    try (Arena arena = Arena.ofConfined()) {
      return answer(
          (int) LibcHandles.OPEN.invokeExact(state, arena.allocateFrom(path), flags), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int close(int descriptor) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer((int) LibcHandles.CLOSE.invokeExact(state, descriptor), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int duplicate(int descriptor) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer(
          (int)
              LibcHandles.FCNTL.invokeExact(state, descriptor, LinuxConstants.F_DUPFD_CLOEXEC, 0L),
          state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int ioctl(int descriptor, long request, long argument) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer(
          (int) LibcHandles.IOCTL_NUMBER.invokeExact(state, descriptor, request, argument), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int ioctl(int descriptor, long request, MemorySegment argument) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer(
          (int) LibcHandles.IOCTL_STRUCT.invokeExact(state, descriptor, request, argument), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public long pread(int descriptor, MemorySegment buffer, long offset) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer(
          (long)
              LibcHandles.PREAD.invokeExact(state, descriptor, buffer, buffer.byteSize(), offset),
          state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public long pwrite(int descriptor, MemorySegment buffer, long offset) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer(
          (long)
              LibcHandles.PWRITE.invokeExact(state, descriptor, buffer, buffer.byteSize(), offset),
          state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public long mmap(
      long address, long bytes, int protection, int flags, int descriptor, long offset) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer(
          (long)
              LibcHandles.MMAP.invokeExact(
                  state, address, bytes, protection, flags, descriptor, offset),
          state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int munmap(long address, long bytes) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer((int) LibcHandles.MUNMAP.invokeExact(state, address, bytes), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int madvise(long address, long bytes, int advice) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer((int) LibcHandles.MADVISE.invokeExact(state, address, bytes, advice), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int msync(long address, long bytes, int flags) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer((int) LibcHandles.MSYNC.invokeExact(state, address, bytes, flags), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int memfdCreate(String name, int flags) {
    MemorySegment state = CALL_STATE.get();
    try (Arena arena = Arena.ofConfined()) {
      return answer(
          (int) LibcHandles.MEMFD_CREATE.invokeExact(state, arena.allocateFrom(name), flags),
          state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int seals(int descriptor) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer(
          (int) LibcHandles.FCNTL.invokeExact(state, descriptor, LinuxConstants.F_GET_SEALS, 0L),
          state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int ftruncate(int descriptor, long bytes) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer((int) LibcHandles.FTRUNCATE.invokeExact(state, descriptor, bytes), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  @Override
  public int getrlimit(int resource, MemorySegment limits) {
    MemorySegment state = CALL_STATE.get();
    try {
      return answer((int) LibcHandles.GETRLIMIT.invokeExact(state, resource, limits), state);
    } catch (Throwable failure) {
      throw impossible(failure);
    }
  }

  static int answer(int result, MemorySegment state) {
    return result == -1 ? -(int) LibcHandles.ERRNO_OF.get(state, 0L) : result;
  }

  static long answer(long result, MemorySegment state) {
    return result == -1 ? -(int) LibcHandles.ERRNO_OF.get(state, 0L) : result;
  }

  /** A downcall declares Throwable but throws none; a wrong argument is a bug of the caller. */
  static RuntimeException impossible(Throwable failure) {
    if (failure instanceof RuntimeException mistake) {
      return mistake;
    }
    throw failure instanceof Error error ? error : new AssertionError(failure);
  }
}
