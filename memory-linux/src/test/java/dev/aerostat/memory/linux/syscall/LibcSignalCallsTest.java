package dev.aerostat.memory.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** On threads of its own: what a thread blocks stays blocked until it ends. */
final class LibcSignalCallsTest {
  private static final int EAGAIN = 11;
  private static final int ESRCH = 3;
  private static final int EINVAL = 22;

  private final SignalCalls calls = SignalCalls.libc();

  @Test
  void aSignalThatIsBlockedWaitsUntilItIsTaken() throws Exception {
    onThread(
        () -> {
          assertEquals(0, calls.block(SignalCalls.SIGUSR1));
          assertEquals(-EAGAIN, calls.take(SignalCalls.SIGUSR1), "none was sent");
          assertEquals(0, calls.send(calls.thread(), SignalCalls.SIGUSR1));
          assertEquals(SignalCalls.SIGUSR1, calls.take(SignalCalls.SIGUSR1));
          assertEquals(-EAGAIN, calls.take(SignalCalls.SIGUSR1), "it was taken");
        });
  }

  @Test
  void aThreadIsSentASignalByItsNumber() throws Exception {
    var number = new CompletableFuture<Integer>();
    var sent = new CompletableFuture<Integer>();
    var receiver =
        new FutureTask<>(
            () -> {
              int _ = calls.block(SignalCalls.SIGUSR1);
              number.complete(calls.thread());
              assertEquals(0, sent.get());
              return calls.take(SignalCalls.SIGUSR1);
            });
    Thread.ofPlatform().start(receiver);
    sent.complete(calls.send(number.get(), SignalCalls.SIGUSR1));
    assertEquals(SignalCalls.SIGUSR1, receiver.get());
  }

  @Test
  void whatAThreadBlocksIsWhatProcSays() throws Exception {
    onThread(
        () -> {
          assertEquals(0, calls.block(SignalCalls.SIGUSR1));
          assertEquals(blockedByProc(calls.thread()), calls.blocked());
          assertTrue((calls.blocked() & 1L << (SignalCalls.SIGUSR1 - 1)) != 0);
        });
  }

  @Test
  void failuresComeBackAsErrorNumbersNegated() {
    assertEquals(-ESRCH, calls.send(Integer.MAX_VALUE, SignalCalls.SIGUSR1));
    assertEquals(-EINVAL, calls.send(calls.thread(), 65));
  }

  private static long blockedByProc(int thread) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/task/" + thread + "/status")).stream()
        .filter(line -> line.startsWith("SigBlk:"))
        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .findFirst()
        .orElseThrow();
  }

  private static void onThread(Body body) throws Exception {
    var task =
        new FutureTask<Void>(
            () -> {
              body.run();
              return null;
            });
    Thread.ofPlatform().start(task);
    task.get();
  }

  private interface Body {
    void run() throws Exception;
  }
}
