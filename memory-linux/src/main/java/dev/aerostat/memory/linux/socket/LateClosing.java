package dev.aerostat.memory.linux.socket;

import dev.aerostat.memory.linux.LocalFile;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.util.Optional;

/**
 * Closes the descriptors that a peer sent. To close a file of FUSE asks its server, which may never
 * answer; to close a socket may wait for what it has not sent yet. So whatever may wait is closed
 * on a thread of its own. Safe for use by any thread.
 */
final class LateClosing {
  private static final int MOST_WAITING = 64;

  private final SystemCalls calls = SystemCalls.libc();
  private final String peer;

  /** How many are being closed. */
  private int waiting;

  LateClosing(String peer) {
    this.peer = peer;
  }

  /** Takes over a descriptor that the peer sent. */
  Descriptor received(int number) {
    return new Descriptor(calls, number, "descriptor " + number, this::close);
  }

  /**
   * Checks that not too many descriptors wait: each is one that this process cannot have back.
   *
   * @throws IOException if too many do
   */
  synchronized void requireFew() throws IOException {
    if (waiting > MOST_WAITING) {
      throw new IOException(
          "%s sent %d descriptors that cannot be closed yet: expected %d at most"
              .formatted(peer, waiting, MOST_WAITING));
    }
  }

  private void close(int number) {
    if (closesAtOnce(number)) {
      int _ = calls.close(number);
    } else {
      closeLater(number);
    }
  }

  /** Returns whether it is an eventfd, a pipe or a file that this host itself holds. */
  private static boolean closesAtOnce(int number) {
    try {
      Optional<EventFileKind> kind = EventFileKind.of(EventFileKind.name(number));
      if (kind.isEmpty()) {
        LocalFile.require(number);
      }
      return kind.isEmpty() || kind.get() != EventFileKind.SOCKET;
    } catch (IOException servedOrUnknown) {
      return false;
    }
  }

  /** One that is never closed must not keep the others open: each has a thread of its own. */
  private synchronized void closeLater(int number) {
    waiting++;
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("late close")
            .start(
                () -> {
                  int _ = calls.close(number);
                  closed();
                });
  }

  private synchronized void closed() {
    waiting--;
  }
}
