package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A descriptor of the front end that is written to in order to tell it something: an eventfd, a
 * pipe or a socket. Safe for use by any thread; never blocks.
 *
 * <p>The lock is held for one write: else the descriptor's number could be another file's by then.
 */
final class Line implements AutoCloseable {
  private final SocketCalls calls = SocketCalls.libc();
  private final MemorySegment message;
  private Optional<Descriptor> descriptor = Optional.empty();

  /** Makes one that leads nowhere yet. */
  Line(MemorySegment message) {
    this.message = message;
  }

  /** Writes the message. One that finds no room is dropped: those before it still wait. */
  synchronized void signal() {
    descriptor.ifPresent(
        open -> {
          long _ = calls.write(open.number(), message);
        });
  }

  /** Takes a descriptor over in place of the one before. */
  synchronized void connect(Descriptor next) {
    close();
    int _ = calls.doNotBlock(next.number());
    descriptor = Optional.of(next);
  }

  synchronized boolean isConnected() {
    return descriptor.isPresent();
  }

  @Override
  public synchronized void close() {
    descriptor.ifPresent(Descriptor::close);
    descriptor = Optional.empty();
  }
}
