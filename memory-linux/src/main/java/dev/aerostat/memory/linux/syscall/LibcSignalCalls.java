package dev.aerostat.memory.linux.syscall;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The C library's signals; how a call is made, {@link LibcCalls} says. */
final class LibcSignalCalls implements SignalCalls {
  static final LibcSignalCalls INSTANCE = new LibcSignalCalls();

  /** Bytes of the C library's {@code sigset_t}; the kernel uses the first 8. */
  private static final int SET_BYTES = 128;

  private static final int TIMESPEC_BYTES = 16;
  private static final int SIG_BLOCK = 0;
  private static final int PROCESS = (int) ProcessHandle.current().pid();

  private static final MethodHandle GETTID =
      LibcHandles.bind("gettid", FunctionDescriptor.of(JAVA_INT));
  private static final MethodHandle PTHREAD_SIGMASK =
      LibcHandles.bind(
          "pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle TGKILL =
      LibcHandles.bind("tgkill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SIGTIMEDWAIT =
      LibcHandles.bind("sigtimedwait", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));

  private LibcSignalCalls() {}

  @Override
  public int thread() {
    try {
      return (int) GETTID.invokeExact(LibcCalls.state());
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public long blocked() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(SET_BYTES, Long.BYTES);
      int _ =
          (int) PTHREAD_SIGMASK.invokeExact(LibcCalls.state(), SIG_BLOCK, MemorySegment.NULL, set);
      return set.get(JAVA_LONG, 0);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  /** This function returns the error number itself. */
  @Override
  public int block(int signal) {
    try (Arena arena = Arena.ofConfined()) {
      return -(int)
          PTHREAD_SIGMASK.invokeExact(
              LibcCalls.state(), SIG_BLOCK, set(signal, arena), MemorySegment.NULL);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int send(int thread, int signal) {
    MemorySegment state = LibcCalls.state();
    try {
      return LibcCalls.answer((int) TGKILL.invokeExact(state, PROCESS, thread, signal), state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  @Override
  public int take(int signal) {
    MemorySegment state = LibcCalls.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment noTime = arena.allocate(TIMESPEC_BYTES, Long.BYTES);
      return LibcCalls.answer(
          (int) SIGTIMEDWAIT.invokeExact(state, set(signal, arena), MemorySegment.NULL, noTime),
          state);
    } catch (Throwable failure) {
      throw LibcCalls.impossible(failure);
    }
  }

  private static MemorySegment set(int signal, Arena arena) {
    MemorySegment set = arena.allocate(SET_BYTES, Long.BYTES);
    set.set(JAVA_LONG, 0, 1L << (signal - 1));
    return set;
  }
}
