package dev.aerostat.memory.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Waits for any of several descriptors, each known by a number of the caller's. One thread. */
public final class Poller implements AutoCloseable {
  /** Not to be over before something comes. */
  public static final int FOREVER = -1;

  /** More are told at the next call. */
  private static final int MOST_EVENTS = 8;

  private final SocketCalls calls = SocketCalls.libc();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment events =
      arena.allocate((long) MOST_EVENTS * SocketConstants.EPOLL_EVENT_BYTES, Long.BYTES);
  private final MemorySegment wish = arena.allocate(SocketConstants.EPOLL_EVENT_BYTES, Long.BYTES);
  private final Descriptor epoll;
  private int count;

  /**
   * Creates one that watches nothing.
   *
   * @throws IOException if the host has no descriptor left
   */
  public Poller() throws IOException {
    int number = calls.epoll();
    if (number < 0) {
      arena.close();
    }
    epoll = new Descriptor(SystemCalls.libc(), CallResult.require("wait", number));
  }

  /**
   * Watches a descriptor until it is forgotten; closing it is not enough if others hold it.
   *
   * @param descriptor an open one
   * @param key 0 or more, by which {@link #key} knows it
   * @param interest bits such as {@link SocketConstants#EPOLLIN}
   * @throws IOException if it cannot be watched
   */
  public void watch(Descriptor descriptor, int key, int interest) throws IOException {
    control(SocketConstants.EPOLL_CTL_ADD, descriptor, key, interest);
  }

  /**
   * Changes what is awaited of a descriptor.
   *
   * @param descriptor one that is watched
   * @param key as before, or another
   * @param interest bits such as {@link SocketConstants#EPOLLIN}
   * @throws IOException if it is not watched
   */
  public void change(Descriptor descriptor, int key, int interest) throws IOException {
    control(SocketConstants.EPOLL_CTL_MOD, descriptor, key, interest);
  }

  private void control(int operation, Descriptor descriptor, int key, int interest)
      throws IOException {
    wish.set(JAVA_INT, 0, interest);
    wish.set(JAVA_LONG_UNALIGNED, SocketConstants.EPOLL_DATA, key);
    int _ =
        CallResult.require(
            "wait for a descriptor",
            calls.epollControl(epoll.number(), operation, descriptor.number(), wish));
  }

  /**
   * Watches a descriptor no longer.
   *
   * @param descriptor one that may be watched
   */
  public void forget(Descriptor descriptor) {
    int _ =
        calls.epollControl(
            epoll.number(), SocketConstants.EPOLL_CTL_DEL, descriptor.number(), wish);
  }

  /**
   * Waits for events.
   *
   * @param millis how long, or {@link #FOREVER}
   * @return how many came, 0 once the time is over
   * @throws IOException if the kernel refuses
   */
  public int await(int millis) throws IOException {
    int came = calls.epollWait(epoll.number(), events, MOST_EVENTS, millis);
    count = came == -CallResult.EINTR ? 0 : CallResult.require("wait for a descriptor", came);
    return count;
  }

  /**
   * Returns whose event this is.
   *
   * @param event 0 to the number that came, exclusive
   * @return the key of its descriptor
   */
  public int key(int event) {
    return (int) events.get(JAVA_LONG_UNALIGNED, at(event) + SocketConstants.EPOLL_DATA);
  }

  /**
   * Returns what came.
   *
   * @param event 0 to the number that came, exclusive
   * @return bits as those of the interest
   */
  public int what(int event) {
    return events.get(JAVA_INT_UNALIGNED, at(event));
  }

  private static long at(int event) {
    return (long) event * SocketConstants.EPOLL_EVENT_BYTES;
  }

  @Override
  public void close() {
    epoll.close();
    arena.close();
  }
}
