package dev.aerostat.cli;

import dev.aerostat.vhost.user.VhostUserServer;
import java.util.concurrent.CountDownLatch;

/**
 * Ends a server on SIGINT, SIGTERM or SIGHUP as if that were the user's word: what it does is done
 * to its end, and the exit code is 0. Close it when all is done.
 */
final class EndBySignal implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  EndBySignal(VhostUserServer server) {
    hook = new Thread(() -> end(server), "aerostat-end");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void end(VhostUserServer server) {
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
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      done.countDown();
    }
  }
}
