package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.memory.linux.socket.CallResult;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A front end shares the eventfd that it is called on, and can fill it at any time. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SignalDescriptorTest {
  private static final long FULL = -2;

  /** Sets or clears O_NONBLOCK (ioctl_tty(2)). */
  private static final long FIONBIO = 0x5421;

  private final SocketCalls libc = SocketCalls.libc();
  private final MemorySegment one = Arena.ofAuto().allocateFrom(JAVA_LONG, 1);
  private final MemorySegment word = Arena.ofAuto().allocate(JAVA_LONG);
  private final AtomicInteger fills = new AtomicInteger();

  /** Fills the counter whenever the back end has just seen that it has room. */
  private SocketCalls besideAFrontEndThatFills(Descriptor counter) {
    return forwarding(
        (name, call) -> {
          Object result = call.call();
          if (name.equals("poll") && Integer.valueOf(1).equals(result)) {
            fill(counter);
          }
          return result;
        });
  }

  private SocketCalls forwarding(Answering answering) {
    return (SocketCalls)
        Proxy.newProxyInstance(
            SocketCalls.class.getClassLoader(),
            new Class<?>[] {SocketCalls.class},
            (_, method, arguments) ->
                answering.answer(method.getName(), () -> method.invoke(libc, arguments)));
  }

  private interface Answering {
    Object answer(String name, Callable<Object> call) throws Exception;
  }

  private void fill(Descriptor counter) {
    fills.incrementAndGet();
    word.set(JAVA_LONG, 0, FULL);
    assertEquals(Long.BYTES, libc.write(counter.number(), word));
  }

  /** A counter whose full writers wait: the front end chooses its mode. */
  private Descriptor counter() throws IOException {
    SystemCalls calls = SystemCalls.libc();
    var counter = new Descriptor(calls, CallResult.require("eventfd", libc.eventCounter()));
    MemorySegment off = Arena.ofAuto().allocate(JAVA_INT);
    int _ = CallResult.require("ioctl", calls.ioctl(counter.number(), FIONBIO, off));
    return counter;
  }

  @Test
  void aCallThatFindsItsCounterFilledMeanwhileGetsThroughAllTheSame() throws Exception {
    try (Descriptor counter = counter();
        var call = new SignalDescriptor(one, besideAFrontEndThatFills(counter))) {
      call.connect(duplicate(counter));
      for (int i = 1; i <= 3; i++) {
        call.signal();
        assertEquals(i, fills.get(), "the front end was too late");
        assertEquals(Long.BYTES, libc.read(counter.number(), word));
        assertEquals(1, word.get(JAVA_LONG, 0), "calls that the front end finds");
      }
    }
  }

  @Test
  void aCounterThatIsFullAlreadyIsLeftAsItIs() throws Exception {
    try (Descriptor counter = counter();
        var call = new SignalDescriptor(one)) {
      call.connect(duplicate(counter));
      fill(counter);
      call.signal();
      assertTrue(libc.read(counter.number(), word) > 0);
      assertEquals(FULL, word.get(JAVA_LONG, 0));
    }
  }

  @Test
  void aPipeThatIsFilledMeanwhileKeepsNobodyWaitingOnAKernelThatCannotBeAskedNotToWait()
      throws Exception {
    Process reader = new ProcessBuilder("sleep", "60").start();
    try (Descriptor pipe = duplicate(standardInputOf(reader));
        var call = new SignalDescriptor(one, besideAFrontEndThatFillsAPipe(pipe))) {
      call.connect(duplicate(pipe.number()));
      call.signal();
      assertEquals(1, fills.get(), "the front end was too late");
    } finally {
      reader.destroy();
    }
  }

  /** As before Linux 6.5: a write that must not wait is refused. */
  private SocketCalls besideAFrontEndThatFillsAPipe(Descriptor pipe) {
    return forwarding(
        (name, call) -> {
          if (name.equals("writeNow")) {
            return (long) -CallResult.EOPNOTSUPP;
          }
          Object result = call.call();
          if (name.equals("poll") && Integer.valueOf(1).equals(result)) {
            fills.incrementAndGet();
            while (libc.writeNow(pipe.number(), piece()) > 0) {
              // There is room for more.
            }
          }
          return result;
        });
  }

  private MemorySegment piece() {
    MemorySegment piece = Arena.ofAuto().allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
    piece.set(JAVA_LONG, 0, one.address());
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, one.byteSize());
    return piece;
  }

  /** Returns the number of this process's end of a pipe that another process reads. */
  private static int standardInputOf(Process reader) throws IOException {
    Path read = Files.readSymbolicLink(Path.of("/proc/" + reader.pid() + "/fd/0"));
    try (Stream<Path> ours = Files.list(Path.of("/proc/self/fd"))) {
      return ours.filter(link -> leadsTo(link, read))
          .mapToInt(link -> Integer.parseInt(link.getFileName().toString()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static boolean leadsTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  /** What the front end sends is the same counter by another number. */
  private static Descriptor duplicate(Descriptor counter) throws IOException {
    return duplicate(counter.number());
  }

  private static Descriptor duplicate(int number) throws IOException {
    SystemCalls calls = SystemCalls.libc();
    return new Descriptor(calls, CallResult.require("duplicate", calls.duplicate(number)));
  }
}
