package dev.aerostat.vhost.guest;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.guest.sim.BalloonQueue;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntConsumer;

/** What the back end signals: a descriptor a queue, one for its own requests, and one to stop. */
final class BackEndSignals implements AutoCloseable {
  private static final int QUEUES = BalloonQueue.values().length;
  private static final int REQUESTS = QUEUES;
  private static final int STOP = QUEUES + 1;
  private static final int COUNT = STOP + 1;
  private static final int FOREVER = -1;

  private final SocketCalls calls = SocketCalls.libc();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment scratch = arena.allocate(Long.BYTES * 8L, Long.BYTES);
  private final MemorySegment polled =
      arena.allocate((long) COUNT * SocketConstants.POLLFD_BYTES, Long.BYTES);
  private final List<Descriptor> watched = new ArrayList<>();
  private final Descriptor requestsEnd;
  private Thread thread = Thread.currentThread();

  BackEndSignals() throws IOException {
    for (int queue = 0; queue < QUEUES; queue++) {
      watched.add(eventCounter());
    }
    Pair pair = Pair.connected();
    watched.add(pair.ours());
    requestsEnd = pair.theirs();
    watched.add(eventCounter());
    for (int i = 0; i < COUNT; i++) {
      long at = (long) i * SocketConstants.POLLFD_BYTES;
      polled.set(JAVA_INT, at, watched.get(i).number());
      polled.set(JAVA_SHORT, at + SocketConstants.POLL_EVENTS, SocketConstants.POLLIN);
    }
  }

  static Descriptor eventCounter() throws IOException {
    int number = KernelAnswer.check("make an event counter", SocketCalls.libc().eventCounter());
    return new Descriptor(SystemCalls.libc(), number);
  }

  /** Returns what the back end signals a queue's used buffers by. */
  int call(int queue) {
    return watched.get(queue).number();
  }

  /** Returns what the back end sends its requests over. */
  int requests() {
    return requestsEnd.number();
  }

  void start(IntConsumer queues, Runnable config) {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("vhost-guest-interrupts")
            .start(() -> watch(queues, config));
  }

  private void watch(IntConsumer queues, Runnable config) {
    while (calls.poll(polled, COUNT, FOREVER) >= 0 && !came(STOP)) {
      for (int queue = 0; queue < QUEUES; queue++) {
        if (came(queue)) {
          take(queue);
          queues.accept(queue);
        }
      }
      // There is but one request: the config has changed.
      if (came(REQUESTS)) {
        take(REQUESTS);
        config.run();
      }
    }
  }

  private boolean came(int place) {
    long at = (long) place * SocketConstants.POLLFD_BYTES + SocketConstants.POLL_REVENTS;
    return polled.get(JAVA_SHORT, at) != 0;
  }

  private void take(int place) {
    long _ = calls.read(watched.get(place).number(), scratch);
  }

  @Override
  public void close() {
    try (Arena once = Arena.ofConfined()) {
      long _ = calls.write(watched.get(STOP).number(), once.allocateFrom(JAVA_LONG, 1));
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    watched.forEach(Descriptor::close);
    requestsEnd.close();
    arena.close();
  }

  /** Two connected sockets. */
  private record Pair(Descriptor ours, Descriptor theirs) {
    /** By a name of the moment, which is in no file system since it starts with a zero. */
    static Pair connected() throws IOException {
      SocketCalls calls = SocketCalls.libc();
      try (Arena arena = Arena.ofConfined();
          Descriptor listener = socket()) {
        MemorySegment address = arena.allocate(SocketConstants.SOCKADDR_UN_BYTES, Long.BYTES);
        address.set(JAVA_SHORT, 0, (short) SocketConstants.AF_UNIX);
        byte[] name = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, SocketConstants.SUN_PATH + 1, name.length);
        int _ = KernelAnswer.check("name a socket", calls.bind(listener.number(), address));
        int _ = KernelAnswer.check("listen", calls.listen(listener.number(), 1));
        Descriptor ours = socket();
        int _ = KernelAnswer.check("connect to oneself", calls.connect(ours.number(), address));
        int theirs = KernelAnswer.check("accept oneself", calls.accept(listener.number()));
        return new Pair(ours, new Descriptor(SystemCalls.libc(), theirs));
      }
    }

    private static Descriptor socket() throws IOException {
      int number = KernelAnswer.check("make a socket", SocketCalls.libc().unixStreamSocket());
      return new Descriptor(SystemCalls.libc(), number);
    }
  }
}
