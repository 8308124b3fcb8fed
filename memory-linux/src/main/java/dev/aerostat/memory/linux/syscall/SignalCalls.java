package dev.aerostat.memory.linux.syscall;

/**
 * Signals from one thread of this process to another, as a seam: a thread that blocks a signal can
 * be woken out of a system call that lets it through, such as KVM_RUN, without a handler.
 *
 * <p>Every method that returns an {@code int} answers as the kernel does: 0 or more if done, else
 * the error number, negated. Safe for use by any thread.
 */
public interface SignalCalls {
  /** A signal that the JVM has no use for. */
  int SIGUSR1 = 10;

  /**
   * Returns the C library of this process.
   *
   * @return calls to the kernel
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  static SignalCalls libc() {
    NativeAccess.require();
    return LibcSignalCalls.INSTANCE;
  }

  /**
   * Returns the kernel's number of the calling thread (gettid(2)).
   *
   * @return greater than 0
   */
  int thread();

  /**
   * Returns which signals the calling thread blocks (pthread_sigmask(3)).
   *
   * @return bit {@code n - 1} for signal {@code n}
   */
  long blocked();

  /**
   * Has the calling thread block a signal (pthread_sigmask(3)): one that is sent waits. The JVM
   * takes the block away when the thread ends, so {@link #take} what waits before.
   *
   * @param signal 1 to 64
   * @return 0, or an error number negated
   */
  int block(int signal);

  /**
   * Sends a signal to a thread of this process (tgkill(2)).
   *
   * @param thread as {@link #thread()} returned it there
   * @param signal 1 to 64
   * @return 0, or an error number negated: {@code ESRCH} if the thread has ended
   */
  int send(int thread, int signal);

  /**
   * Takes a signal that waits for the calling thread, which blocks it (sigtimedwait(2)). Never
   * waits itself.
   *
   * @param signal 1 to 64
   * @return the signal, or {@code EAGAIN} negated if none waits
   */
  int take(int signal);
}
