package dev.aerostat.vfio.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An open file that a VMM and this process pass each other: an eventfd that an interrupt goes by,
 * or what a region is mapped from. Safe for use by any thread.
 */
public final class PassedFile implements AutoCloseable {
  private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);

  private final Descriptor descriptor;

  PassedFile(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Returns another descriptor of a file that is open here.
   *
   * @param number of an open one, which stays the caller's
   * @return to be closed
   * @throws IOException if there is no descriptor left
   */
  public static PassedFile duplicateOf(int number) throws IOException {
    return ofAnswer(duplicate(number));
  }

  /** Answers as the kernel does. */
  static long duplicate(int number) {
    return SystemCalls.libc().duplicate(number);
  }

  /** Takes over what {@link #duplicate} answered. */
  static PassedFile ofAnswer(long answer) throws IOException {
    int number = (int) CallResult.require("duplicate a descriptor", answer);
    return new PassedFile(new Descriptor(SystemCalls.libc(), number));
  }

  /**
   * Returns the descriptor's number.
   *
   * @return good until this is closed
   * @throws IllegalStateException if it is
   */
  public int number() {
    return descriptor.number();
  }

  /**
   * Raises the interrupt, if this is an eventfd. One whose counter is full is raised already: it
   * waits for a VMM only that fills it at this very moment, by a counter that blocks.
   *
   * @throws IllegalStateException if this is closed
   */
  public void raise() {
    long _ =
        descriptor.whileOpen(number -> hasRoom(number) ? SocketCalls.libc().write(number, ONE) : 0);
  }

  private static boolean hasRoom(int number) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(SocketConstants.POLLFD_BYTES, Long.BYTES);
      polled.set(JAVA_INT, 0, number);
      polled.set(JAVA_SHORT, SocketConstants.POLL_EVENTS, SocketConstants.POLLOUT);
      return SocketCalls.libc().poll(polled, 1, 0) == 1
          && (polled.get(JAVA_SHORT, SocketConstants.POLL_REVENTS) & SocketConstants.POLLOUT) != 0;
    }
  }

  Descriptor descriptor() {
    return descriptor;
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
