package dev.aerostat.vfio.user;

import dev.aerostat.memory.linux.socket.UnixServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Listens on a Unix socket and serves a VMM one device: QEMU from 10.1 on ({@code vfio-user-pci}),
 * or cloud-hypervisor ({@code --user-device}). One connection is one device.
 *
 * <p>Safe for use by any thread: one calls {@link #serve}, another may {@link #close}.
 */
public final class VfioUserServer implements AutoCloseable {
  /** How long a VMM may leave a message half sent, or a reply unread. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final VfioUserGuest guest;
  private final UnixServer server;

  private VfioUserServer(VfioUserGuest guest, UnixServer server) {
    this.guest = guest;
    this.server = server;
  }

  static VfioUserServer listen(Path path, VfioUserGuest guest, ServedDevice device)
      throws IOException {
    return listen(path, guest, device, PATIENCE);
  }

  static VfioUserServer listen(
      Path path, VfioUserGuest guest, ServedDevice device, Duration patience) throws IOException {
    var refusals = new RefusedRequestLog();
    return new VfioUserServer(
        guest,
        UnixServer.listen(
            path,
            (socket, stop) -> {
              try (var session =
                  new VfioUserSession(guest, device, refusals, socket, stop, patience)) {
                session.run();
              }
            }));
  }

  /**
   * Waits for a VMM and serves it until it goes, or unplugs the device. All that was set up for it
   * is gone when this returns.
   *
   * @return false if the server was closed, so that there will be no other connection
   * @throws IOException if the VMM breaks the protocol, leaves a message unfinished or a reply
   *     unread for 10 s, or makes its memory's file shorter, or if the session fails in any other
   *     way: the message says which. Others can be served all the same
   * @throws IllegalStateException if called by the device or the memory's host
   */
  public boolean serve() throws IOException {
    return server.serve();
  }

  /**
   * Stops listening and serving, and takes the socket away. Waits until the session is over. Does
   * nothing the second time but wait for the first.
   *
   * <p>May be called by the device or the memory's host on the thread that serves, which cannot
   * wait for itself: the session then ends when that call has returned. The memory's host may also
   * close the servers of the guest's other devices, whose sessions wait for its call: it waits for
   * none of them.
   */
  @Override
  public void close() {
    if (guest.isInCallOfHost()) {
      server.closeWithoutWaiting();
    } else {
      server.close();
    }
  }
}
