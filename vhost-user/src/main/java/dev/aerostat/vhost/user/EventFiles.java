package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.socket.EventFileKind;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;

/**
 * Descriptors that a front end sends for notifications. Others than these kinds are refused: a file
 * of a file system of its own could block whoever reads or writes it, and a timer is always ready.
 */
final class EventFiles {
  private EventFiles() {}

  /**
   * Returns what a descriptor is that the front end is told something by. A socket is one that
   * nothing can be put into any more ({@link OutgoingSocket}).
   *
   * @throws RefusedException if it is nothing of this kind
   */
  static EventFileKind kindOfSignal(Descriptor descriptor) throws RefusedException {
    EventFileKind kind = kind(descriptor, "an eventfd, a pipe or a connected Unix stream socket");
    if (kind == EventFileKind.SOCKET) {
      OutgoingSocket.require(descriptor);
    }
    return kind;
  }

  /**
   * Checks that a descriptor can be a kick. No front end needs a socket, which could hold the front
   * end's own connection open.
   *
   * @throws RefusedException if it cannot
   */
  static void requireKick(Descriptor descriptor) throws RefusedException {
    String expected = "an eventfd or a pipe";
    if (kind(descriptor, expected) == EventFileKind.SOCKET) {
      throw new RefusedException("the descriptor is a socket: expected " + expected);
    }
  }

  private static EventFileKind kind(Descriptor descriptor, String expected)
      throws RefusedException {
    try {
      String name = EventFileKind.name(descriptor.number());
      return EventFileKind.of(name)
          .orElseThrow(
              () ->
                  new RefusedException(
                      "the descriptor is %s: expected %s".formatted(name, expected)));
    } catch (IOException unknown) {
      throw new RefusedException("cannot see what a descriptor is: " + unknown, unknown);
    }
  }
}
