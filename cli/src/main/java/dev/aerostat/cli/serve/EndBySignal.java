package dev.aerostat.cli.serve;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/**
 * Ends a server on SIGINT, SIGTERM or SIGHUP as if that were the user's word: what it does is done
 * to its end, and the exit code is 0. Close it when all is done and said: the process may end then.
 */
final class EndBySignal implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(5);

  private final CountDownLatch done = new CountDownLatch(1);
  private Optional<Thread> hook = Optional.empty();

  /**
   * Ends a server from now on.
   *
   * @param end returns once the server is closed
   */
  void end(Runnable end) {
    var ending = new Thread(() -> endNow(end), "aerostat-end");
    Runtime.getRuntime().addShutdownHook(ending);
    hook = Optional.of(ending);
  }

  private void endNow(Runnable end) {
    end.run();
    try {
      done.await();
      awaitRecordings();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    // The exit code of an end by signal would not be 0.
    Runtime.getRuntime().halt(0);
  }

  /**
   * Another shutdown hook, the JVM's own, writes recordings to their files: a halt cuts it short.
   */
  private static void awaitRecordings() throws InterruptedException {
    if (FlightRecorder.isInitialized()) {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (FlightRecorder.getFlightRecorder().getRecordings().stream()
              .anyMatch(EndBySignal::isToBeWritten)
          && System.nanoTime() - end < 0) {
        Thread.sleep(LOOK);
      }
    }
  }

  /** It is closed once it is written. */
  private static boolean isToBeWritten(Recording recording) {
    return recording.getDumpOnExit() && recording.getState() != RecordingState.CLOSED;
  }

  @Override
  public void close() {
    try {
      hook.ifPresent(Runtime.getRuntime()::removeShutdownHook);
    } catch (IllegalStateException ending) {
      done.countDown();
    }
  }
}
