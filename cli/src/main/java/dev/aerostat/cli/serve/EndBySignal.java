package dev.aerostat.cli.serve;

import dev.aerostat.vhost.user.VhostUserServer;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Ends a server on SIGINT, SIGTERM or SIGHUP as if that were the user's word: what it does is done
 * to its end, and the exit code is 0. Close it when all is done and said: the process may end then.
 */
final class EndBySignal implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);
  private Optional<Thread> hook = Optional.empty();

  /** Ends this server from now on. */
  void end(VhostUserServer server) {
    var ending = new Thread(() -> endNow(server), "aerostat-end");
    Runtime.getRuntime().addShutdownHook(ending);
    hook = Optional.of(ending);
  }

  private void endNow(VhostUserServer server) {
    server.close();
    try {
      done.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    // The exit code of an end by signal would not be 0.
    Runtime.getRuntime().halt(0);
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
