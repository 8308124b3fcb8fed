package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntConsumer;

/** Waits for messages and for the queues' kicks, of which it tells. One thread. */
final class Waiter implements AutoCloseable {
  private static final int STOP = 0;
  private static final int MESSAGES = 1;
  private static final int FIRST_KICK = 2;
  private static final int FOREVER = -1;
  private static final short NONE = 0;
  private static final int EINTR = 4;
  private static final int OVER =
      SocketConstants.POLLHUP | SocketConstants.POLLERR | SocketConstants.POLLNVAL;

  private final SocketCalls calls = SocketCalls.libc();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment scratch = arena.allocate(JAVA_LONG);
  private final MemorySegment polled;
  private final List<Vring> vrings;

  Waiter(Descriptor stop, int socket, List<Vring> vrings) {
    this.vrings = vrings;
    this.polled =
        arena.allocate(
            (long) SocketConstants.POLLFD_BYTES * (FIRST_KICK + vrings.size()), Long.BYTES);
    lookFor(STOP, stop.number());
    lookFor(MESSAGES, socket);
  }

  private void lookFor(int place, int descriptor) {
    polled.set(JAVA_INT, (long) place * SocketConstants.POLLFD_BYTES, descriptor);
    events(place, SocketConstants.POLLIN);
  }

  private void events(int place, short events) {
    long at = (long) place * SocketConstants.POLLFD_BYTES + SocketConstants.POLL_EVENTS;
    polled.set(JAVA_SHORT, at, events);
  }

  private int came(int place) {
    long at = (long) place * SocketConstants.POLLFD_BYTES + SocketConstants.POLL_REVENTS;
    return polled.get(JAVA_SHORT, at);
  }

  /** Waits until a front end connects; returns false if the server stops instead. */
  static boolean awaitConnection(Descriptor listener, Descriptor stop) throws IOException {
    try (var waiter = new Waiter(stop, listener.number(), List.of())) {
      return waiter.await(_ -> {});
    }
  }

  /** Waits until there is a message to receive; returns false if the server stops instead. */
  boolean await(IntConsumer kicked) throws IOException {
    while (true) {
      // The kernel passes over negative numbers.
      for (int queue = 0; queue < vrings.size(); queue++) {
        lookFor(FIRST_KICK + queue, vrings.get(queue).kickNumber());
      }
      poll(FIRST_KICK + vrings.size(), FOREVER);
      if (came(STOP) != 0) {
        return false;
      }
      for (int queue = 0; queue < vrings.size(); queue++) {
        if (came(FIRST_KICK + queue) != 0) {
          takeKick(queue, kicked);
        }
      }
      if (came(MESSAGES) != 0) {
        return true;
      }
    }
  }

  private void takeKick(int queue, IntConsumer kicked) {
    if (vrings.get(queue).takeKick(scratch)) {
      kicked.accept(queue);
    } else {
      vrings.get(queue).closeKick();
    }
  }

  /** Says whether the front end is gone or the server stops, after a while without kicks. */
  boolean isOver(int millis) throws IOException {
    events(MESSAGES, NONE);
    poll(MESSAGES + 1, millis);
    boolean over = came(STOP) != 0 || (came(MESSAGES) & OVER) != 0;
    events(MESSAGES, SocketConstants.POLLIN);
    return over;
  }

  private void poll(int count, int millis) throws IOException {
    int ready = calls.poll(polled, count, millis);
    if (ready == -EINTR) {
      clearResults(count);
    } else {
      int _ = Kernel.check("wait for the front end", ready);
    }
  }

  private void clearResults(int count) {
    for (int place = 0; place < count; place++) {
      polled.set(
          JAVA_SHORT,
          (long) place * SocketConstants.POLLFD_BYTES + SocketConstants.POLL_REVENTS,
          (short) 0);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
