package dev.aerostat.memory.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Listens on a Unix socket and serves one peer at a time.
 *
 * <p>Safe for use by any thread: one calls {@link #serve}, another may {@link #close}.
 */
public final class UnixServer implements AutoCloseable {
  private static final int STOP = 0;
  private static final int LISTENER = 1;
  private static final int PAUSE_MILLIS = 1000;

  private final Path path;
  private final Session session;
  private final Descriptor listener;
  private final Descriptor stop;
  private final ReentrantLock serving = new ReentrantLock();
  private final AtomicBoolean closed = new AtomicBoolean();
  private boolean released;

  /** Serves a peer that has connected. */
  @FunctionalInterface
  public interface Session {
    /**
     * Serves the peer until it goes, or the server stops.
     *
     * @param socket the connection, which the session closes
     * @param stop can be read once the server stops; it stays the server's
     * @throws IOException if the peer breaks the protocol
     */
    void serve(Descriptor socket, Descriptor stop) throws IOException;
  }

  private UnixServer(Path path, Session session, Descriptor listener, Descriptor stop) {
    this.path = path;
    this.session = session;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Starts to listen.
   *
   * @param path of the socket, at most 107 bytes; nothing may be there but a socket that a server
   *     which has ended left behind, which is taken over
   * @param session serves each peer
   * @return a server whose {@link #serve} takes the first peer
   * @throws IOException if the socket cannot be made: the message says why
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static UnixServer listen(Path path, Session session) throws IOException {
    SocketCalls sockets = SocketCalls.libc();
    SystemCalls calls = SystemCalls.libc();
    var listener =
        new Descriptor(calls, CallResult.require("make a socket", sockets.unixStreamSocket()));
    try {
      UnixAddress.bind(sockets, listener.number(), path);
      int _ = CallResult.require("listen on " + path, sockets.listen(listener.number(), 1));
      int counter = CallResult.require("make an event counter", sockets.eventCounter());
      return new UnixServer(path, session, listener, new Descriptor(calls, counter));
    } catch (IOException failure) {
      listener.close();
      throw failure;
    }
  }

  /**
   * Waits for a peer and serves it until it goes.
   *
   * @return false if the server was closed, so that there will be no other peer
   * @throws IOException if the session fails in any way: the message says which. Others can be
   *     served all the same
   * @throws IllegalStateException if called by a session
   */
  public boolean serve() throws IOException {
    if (serving.isHeldByCurrentThread()) {
      throw new IllegalStateException("serve() in a call of the session: it serves one at a time");
    }
    serving.lock();
    try {
      if (closed.get() || !awaitPeer()) {
        return false;
      }
      serve(new Descriptor(SystemCalls.libc(), accept()));
      return !closed.get();
    } finally {
      if (closed.get()) {
        release();
      }
      serving.unlock();
      if (closed.get()) {
        releaseUnlessServing(); // Who closed it meanwhile did not wait.
      }
    }
  }

  private int accept() throws IOException {
    int number = SocketCalls.libc().accept(listener.number());
    if (number < 0) {
      // Such as a process without a descriptor to spare: who waits to connect still waits.
      try (var poller = new Poller()) {
        poller.watch(stop, STOP, SocketConstants.EPOLLIN);
        int _ = poller.await(PAUSE_MILLIS);
      }
    }
    return CallResult.require("accept a connection", number);
  }

  private boolean awaitPeer() throws IOException {
    try (var poller = new Poller()) {
      poller.watch(stop, STOP, SocketConstants.EPOLLIN);
      poller.watch(listener, LISTENER, SocketConstants.EPOLLIN);
      int came;
      do {
        came = poller.await(Poller.FOREVER);
      } while (came == 0);
      return !closed.get();
    }
  }

  /** Whatever a peer brought about is the end of its session, not of ours. */
  @SuppressWarnings("CatchingUnchecked") // It may throw what it does not declare.
  private void serve(Descriptor socket) throws IOException {
    try (socket) {
      session.serve(socket, stop);
    } catch (IOException end) {
      throw end;
    } catch (Throwable failure) {
      throw new IOException("the session failed: " + ThrowableText.of(failure), failure);
    }
  }

  /**
   * Stops listening and serving, and takes the socket away. Waits until the session is over. Does
   * nothing the second time but wait for the first.
   *
   * <p>May be called on the thread that serves, which cannot wait for itself: the session then ends
   * when that call has returned, and the rest is done by the end of {@link #serve}, which returns
   * false or throws.
   */
  @Override
  public void close() {
    stop();
    if (!serving.isHeldByCurrentThread()) {
      serving.lock();
      try {
        release();
      } finally {
        serving.unlock();
      }
    }
  }

  /**
   * As {@link #close}, but waits for nothing: a session that is under way ends as soon as it can,
   * and the rest is done by the end of {@link #serve}. For a thread that a session may wait for.
   */
  public void closeWithoutWaiting() {
    stop();
    releaseUnlessServing();
  }

  private void releaseUnlessServing() {
    if (!serving.isHeldByCurrentThread() && serving.tryLock()) {
      try {
        release();
      } finally {
        serving.unlock();
      }
    }
  }

  /** Written once, before it is closed: later its number may be another file's. */
  private void stop() {
    synchronized (stop) {
      if (closed.compareAndSet(false, true)) {
        try (Arena arena = Arena.ofConfined()) {
          long _ = SocketCalls.libc().write(stop.number(), arena.allocateFrom(JAVA_LONG, 1));
        }
      }
    }
  }

  /** Called while nobody serves. */
  private void release() {
    if (!released) {
      released = true;
      listener.close();
      synchronized (stop) {
        stop.close();
      }
      try {
        boolean _ = AbandonedSocket.remove(path);
      } catch (IOException left) {
        // Nobody listens there any more, so nobody is misled.
      }
    }
  }
}
