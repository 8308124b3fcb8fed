package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Listens on a Unix socket and serves one front end at a time: User Mode Linux, or a QEMU with a
 * generic vhost-user device.
 *
 * <p>Safe for use by any thread: one calls {@link #serve}, another may {@link #close}.
 */
public final class VhostUserServer implements AutoCloseable {
  /** The largest queue that QEMU and Linux ask for. */
  private static final int QUEUE_SIZE = 1024;

  /** How long a front end may leave a message half sent, or a reply unread. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int STOP = 0;
  private static final int LISTENER = 1;
  private static final int PAUSE_MILLIS = 1000;

  private final Path path;
  private final BalloonSettings settings;
  private final BalloonHost host;
  private final Descriptor listener;
  private final Descriptor stop;
  private final Duration patience;
  private final RefusedRequestLog refusals = new RefusedRequestLog();
  private final ReentrantLock serving = new ReentrantLock();
  private final AtomicBoolean closed = new AtomicBoolean();
  private boolean released;

  private VhostUserServer(
      Path path,
      BalloonSettings settings,
      BalloonHost host,
      Descriptor listener,
      Descriptor stop,
      Duration patience) {
    this.path = path;
    this.settings = settings;
    this.host = host;
    this.listener = listener;
    this.stop = stop;
    this.patience = patience;
  }

  /**
   * Returns the usual settings of a device: those of balloon-virtio with queues as large as a front
   * end may ask for, whose choice the size is.
   *
   * @return the settings
   */
  public static BalloonSettings settings() {
    return BalloonSettings.defaults().withQueueSize(QUEUE_SIZE);
  }

  /**
   * Starts to listen.
   *
   * @param path of the socket, at most 107 bytes; nothing may be there but a socket that a server
   *     which has ended left behind, which is taken over
   * @param settings of the devices that {@code host} builds
   * @param host builds a device for each front end
   * @return a server whose {@link #serve} takes the first front end
   * @throws IOException if the socket cannot be made: the message says why, a path in use and a
   *     directory that is missing included
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static VhostUserServer listen(Path path, BalloonSettings settings, BalloonHost host)
      throws IOException {
    return listen(path, settings, host, PATIENCE);
  }

  static VhostUserServer listen(
      Path path, BalloonSettings settings, BalloonHost host, Duration patience) throws IOException {
    SocketCalls sockets = SocketCalls.libc();
    SystemCalls calls = SystemCalls.libc();
    var listener =
        new Descriptor(calls, CallResult.require("make a socket", sockets.unixStreamSocket()));
    try {
      UnixAddress.bind(sockets, listener.number(), path);
      int _ = CallResult.require("listen on " + path, sockets.listen(listener.number(), 1));
      int counter = CallResult.require("make an event counter", sockets.eventCounter());
      return new VhostUserServer(
          path, settings, host, listener, new Descriptor(calls, counter), patience);
    } catch (IOException failure) {
      listener.close();
      throw failure;
    }
  }

  /**
   * Waits for a front end and serves it until it goes. All that was set up for it is gone when this
   * returns.
   *
   * @return false if the server was closed, so that there will be no other front end
   * @throws IOException if the front end breaks the protocol, leaves a message unfinished or a
   *     reply unread for 10 s, or makes its memory's file shorter, or if the session fails in any
   *     other way: the message says which. Others can be served all the same
   * @throws IllegalStateException if called by the host or its device on the thread that serves
   */
  public boolean serve() throws IOException {
    if (serving.isHeldByCurrentThread()) {
      throw new IllegalStateException("serve() in a call of the session: it serves one at a time");
    }
    serving.lock();
    try {
      if (closed.get() || !awaitFrontEnd()) {
        return false;
      }
      serve(new Descriptor(SystemCalls.libc(), accept()));
      return !closed.get();
    } finally {
      if (closed.get()) {
        release();
      }
      serving.unlock();
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
    return CallResult.require("accept a front end", number);
  }

  private boolean awaitFrontEnd() throws IOException {
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

  /** Whatever a front end or its guest brought about is the end of its session, not of ours. */
  private void serve(Descriptor socket) throws IOException {
    try (socket;
        var session = new VhostUserSession(settings, host, refusals, socket, stop, patience)) {
      host.connected();
      session.run();
    } catch (RuntimeException | Error failure) {
      throw new IOException("the session failed: " + ThrowableText.of(failure), failure);
    }
  }

  /**
   * Stops listening and serving, and takes the socket away. Waits until the device of the front end
   * that was served is closed. Does nothing the second time but wait for the first.
   *
   * <p>May be called by the host or its device on the thread that serves, which cannot wait for
   * itself: the session then ends when that call has returned, and the rest is done by the end of
   * {@link #serve}, which returns false or throws. Not to be called on a thread that the device's
   * own close waits for, such as the event thread of an engine.
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
