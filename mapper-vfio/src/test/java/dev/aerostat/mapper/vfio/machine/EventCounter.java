package dev.aerostat.mapper.vfio.machine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An eventfd that a test waits for. */
final class EventCounter implements AutoCloseable {
  private static final SocketCalls CALLS = SocketCalls.libc();
  private static final int DEADLINE_MILLIS = 60_000;
  private static final int QUIET_MILLIS = 200;

  private final int number = CALLS.eventCounter();

  EventCounter() {
    assertTrue(number >= 0, () -> "eventfd: " + number);
  }

  int number() {
    return number;
  }

  void assertCounts(String when) {
    assertEquals(1, read(DEADLINE_MILLIS), when);
  }

  void assertQuiet(String when) {
    assertEquals(0, read(QUIET_MILLIS), when);
  }

  /** Returns what was counted since the last time: waits for as long if that is nothing. */
  private long read(int millis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(SocketConstants.POLLFD_BYTES, Integer.BYTES);
      polled.set(JAVA_INT, 0, number);
      polled.set(JAVA_SHORT, SocketConstants.POLL_EVENTS, SocketConstants.POLLIN);
      int _ = CALLS.poll(polled, 1, millis);
      MemorySegment count = arena.allocate(JAVA_LONG);
      return CALLS.read(number, count) > 0 ? count.get(JAVA_LONG, 0) : 0;
    }
  }

  void add() {
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(Long.BYTES, CALLS.write(number, arena.allocateFrom(JAVA_LONG, 1)));
    }
  }

  @Override
  public void close() {
    int _ = SystemCalls.libc().close(number);
  }
}
