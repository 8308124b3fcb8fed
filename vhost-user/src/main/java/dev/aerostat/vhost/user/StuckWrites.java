package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Ends writes to eventfds that wait: only a hostile front end brings that about, and it may never
 * read. One thread for all sessions looks ten times a second, for as long as there are eventfds; it
 * never waits for a front end itself. Safe for use by any thread.
 */
final class StuckWrites {
  private static final long LOOK_MILLIS = 100;
  private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final Set<SignalDescriptor> WATCHED = new HashSet<>();
  private static boolean running;

  private StuckWrites() {}

  /** Looks after a descriptor until it is forgotten. */
  static void watch(SignalDescriptor descriptor) {
    synchronized (WATCHED) {
      WATCHED.add(descriptor);
      if (!running) {
        running = true;
        var _ = Thread.ofPlatform().daemon().name("stuck vhost-user calls").start(StuckWrites::run);
      }
    }
  }

  static void forget(SignalDescriptor descriptor) {
    synchronized (WATCHED) {
      WATCHED.remove(descriptor);
    }
  }

  private static void run() {
    MemorySegment piece = piece();
    for (List<SignalDescriptor> all = watched(); !all.isEmpty(); all = watched()) {
      for (SignalDescriptor each : all) {
        free(each, piece);
      }
    }
  }

  private static void free(SignalDescriptor each, MemorySegment piece) {
    try {
      each.freeIfStuck(STUCK_NANOS, piece);
    } catch (IllegalStateException closedMeanwhile) {
      // Then its write has ended.
    }
  }

  /** Returns all after a while; the thread ends if they are none. */
  private static List<SignalDescriptor> watched() {
    synchronized (WATCHED) {
      try {
        WATCHED.wait(LOOK_MILLIS);
      } catch (InterruptedException nobodyElseHasThisThread) {
        // It looks a little earlier.
      }
      running = !WATCHED.isEmpty();
      return List.copyOf(WATCHED);
    }
  }

  private static MemorySegment piece() {
    Arena arena = Arena.ofAuto();
    MemorySegment count = arena.allocate(JAVA_LONG);
    MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
    piece.set(JAVA_LONG, 0, count.address());
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, count.byteSize());
    return piece;
  }
}
