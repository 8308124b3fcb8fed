package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Wakes the thread that polls. Safe for use by any thread, also after it is closed. */
final class Wakeup implements AutoCloseable {
  private final SocketCalls calls = SocketCalls.libc();
  private final MemorySegment one = Arena.ofAuto().allocateFrom(JAVA_LONG, 1);
  private final MemorySegment scratch = Arena.ofAuto().allocate(JAVA_LONG);
  private Optional<Descriptor> counter;

  Wakeup() throws IOException {
    int number = CallResult.require("make an event counter", calls.eventCounter());
    counter = Optional.of(new Descriptor(SystemCalls.libc(), number));
  }

  Descriptor descriptor() {
    return counter.orElseThrow();
  }

  /** The lock is held for the write: else the number could be another file's by then. */
  synchronized void wake() {
    counter.ifPresent(
        open -> {
          long _ = calls.write(open.number(), one);
        });
  }

  void taken() {
    long _ = calls.read(descriptor().number(), scratch);
  }

  @Override
  public synchronized void close() {
    counter.ifPresent(Descriptor::close);
    counter = Optional.empty();
  }
}
