package dev.aerostat.vhost.user;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.memory.linux.socket.UnixServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

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

  private final UnixServer server;

  private VhostUserServer(UnixServer server) {
    this.server = server;
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
    var refusals = new RefusedRequestLog();
    return new VhostUserServer(
        UnixServer.listen(
            path,
            (socket, stop) -> {
              try (var session =
                  new VhostUserSession(settings, host, refusals, socket, stop, patience)) {
                host.connected();
                session.run();
              }
            }));
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
    return server.serve();
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
    server.close();
  }
}
