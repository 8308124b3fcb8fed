package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Listens, on a daemon thread of its own, for a host that wants a device back: see {@link
 * VfioDevice#watchRemoval}.
 *
 * <p>Safe for use by any thread.
 */
public final class RemovalWatch implements AutoCloseable {
  private static final int FOREVER = -1;

  private final SocketCalls calls = SocketCalls.libc();
  private final Descriptor requests;
  private final Runnable wanted;
  private boolean closed;

  /** Takes over an event counter that the kernel counts its requests on. */
  RemovalWatch(Descriptor requests, PciAddress device, Runnable wanted) {
    this.requests = requests;
    this.wanted = wanted;
    var _ = Thread.ofPlatform().daemon().name("removal of " + device).start(this::listen);
  }

  private void listen() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(SocketConstants.POLLFD_BYTES, Integer.BYTES);
      polled.set(JAVA_INT, 0, requests.number());
      polled.set(JAVA_SHORT, SocketConstants.POLL_EVENTS, SocketConstants.POLLIN);
      MemorySegment count = arena.allocate(JAVA_LONG);
      while (!isClosed()) {
        int _ = calls.poll(polled, 1, FOREVER);
        if (calls.read(requests.number(), count) > 0 && !isClosed()) {
          wanted.run();
        }
      }
    } finally {
      release();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Not before close has written to it: the number could be another file's by then. */
  private synchronized void release() {
    closed = true;
    requests.close();
  }

  /** Stops listening. A listener under way is not waited for. Does nothing the second time. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (Arena arena = Arena.ofConfined()) {
      long _ = calls.write(requests.number(), arena.allocateFrom(JAVA_LONG, 1));
    }
  }
}
