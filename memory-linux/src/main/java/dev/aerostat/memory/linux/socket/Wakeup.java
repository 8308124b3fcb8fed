package dev.aerostat.memory.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Wakes the thread that polls. Safe for use by any thread, also after it is closed. */
public final class Wakeup implements AutoCloseable {
  private final SocketCalls calls = SocketCalls.libc();
  private final MemorySegment one = Arena.ofAuto().allocateFrom(JAVA_LONG, 1);
  private final MemorySegment scratch = Arena.ofAuto().allocate(JAVA_LONG);
  private Optional<Descriptor> counter;

  /**
   * Creates one that nobody waits for yet.
   *
   * @throws IOException if the host has no descriptor left
   */
  public Wakeup() throws IOException {
    int number = CallResult.require("make an event counter", calls.eventCounter());
    counter = Optional.of(new Descriptor(SystemCalls.libc(), number));
  }

  /**
   * Returns what to watch for {@link dev.aerostat.memory.linux.syscall.SocketConstants#EPOLLIN}.
   *
   * @return this one's to close
   */
  public Descriptor descriptor() {
    return counter.orElseThrow();
  }

  /** Wakes it. */
  public synchronized void wake() {
    // The lock is held for the write: else the number could be another file's by then.
    counter.ifPresent(
        open -> {
          long _ = calls.write(open.number(), one);
        });
  }

  /** Makes it wait again. */
  public void taken() {
    long _ = calls.read(descriptor().number(), scratch);
  }

  @Override
  public synchronized void close() {
    counter.ifPresent(Descriptor::close);
    counter = Optional.empty();
  }
}
