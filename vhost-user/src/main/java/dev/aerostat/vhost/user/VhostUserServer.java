package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private final Path path;
  private final BalloonSettings settings;
  private final BalloonHost host;
  private final Descriptor listener;
  private final Descriptor stop;
  private final ReentrantLock serving = new ReentrantLock();
  private volatile boolean closed;

  private VhostUserServer(
      Path path, BalloonSettings settings, BalloonHost host, Descriptor listener, Descriptor stop) {
    this.path = path;
    this.settings = settings;
    this.host = host;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Gives the usual settings of a device: those of balloon-virtio with queues as large as a front
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
   * @param path of the socket, at most 107 bytes; nothing may be there
   * @param settings of the devices that {@code host} builds
   * @param host builds a device for each front end
   * @return a server whose {@link #serve} takes the first front end
   * @throws IOException if the socket cannot be made: the message says why, a path in use and a
   *     directory that is missing included
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static VhostUserServer listen(Path path, BalloonSettings settings, BalloonHost host)
      throws IOException {
    SocketCalls sockets = SocketCalls.libc();
    SystemCalls calls = SystemCalls.libc();
    var listener = new Descriptor(calls, Kernel.check("make a socket", sockets.unixStreamSocket()));
    try {
      UnixAddress.bind(sockets, listener.number(), path);
      int _ = Kernel.check("listen on " + path, sockets.listen(listener.number(), 1));
      int counter = Kernel.check("make an event counter", sockets.eventCounter());
      return new VhostUserServer(path, settings, host, listener, new Descriptor(calls, counter));
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
   * @throws IOException if the front end breaks the protocol; others can be served all the same
   */
  public boolean serve() throws IOException {
    serving.lock();
    try {
      if (closed || !Waiter.awaitConnection(listener, stop)) {
        return false;
      }
      int number = Kernel.check("accept a front end", SocketCalls.libc().accept(listener.number()));
      var connection = new Connection(new Descriptor(SystemCalls.libc(), number));
      try (var session = new VhostUserSession(settings, host, connection, stop)) {
        host.connected();
        session.run();
      }
      return !closed;
    } finally {
      serving.unlock();
    }
  }

  /**
   * Stops listening and serving, and takes the socket away. Waits until the device of the front end
   * that was served is closed. Does nothing the second time.
   */
  @Override
  public void close() {
    closed = true;
    try (Arena arena = Arena.ofConfined()) {
      long _ = SocketCalls.libc().write(stop.number(), arena.allocateFrom(JAVA_LONG, 1));
    }
    serving.lock();
    try {
      listener.close();
      stop.close();
      Files.deleteIfExists(path);
    } catch (IOException left) {
      // Nobody listens there any more, so nobody is misled.
    } finally {
      serving.unlock();
    }
  }
}
