package dev.aerostat.vhost.user;

import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.EngineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A server on a thread of its own, with observed balloons. */
final class Backend implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  private final Path directory;
  private final Path socket;
  private final VhostUserServer server;
  private final Thread thread;
  private final BlockingQueue<ObservedBalloon> fresh = new LinkedBlockingQueue<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger served = new AtomicInteger();

  Backend(
      BalloonSettings device,
      UnaryOperator<EngineSettings> settings,
      Consumer<ObservedBalloon> beforeStart)
      throws IOException {
    directory = Files.createTempDirectory("vhost");
    socket = directory.resolve("s");
    server =
        VhostUserServer.listen(
            socket,
            device,
            (memory, frontEnd) -> {
              var balloon = new ObservedBalloon(memory, frontEnd, device, settings);
              beforeStart.accept(balloon);
              balloon.dma().start();
              fresh.add(balloon);
              return balloon;
            });
    thread = Thread.ofPlatform().daemon().name("vhost-user").start(this::serve);
  }

  private void serve() {
    try {
      while (server.serve()) {
        int _ = served.incrementAndGet();
      }
    } catch (IOException | RuntimeException | Error failure) {
      failures.add(failure);
    }
  }

  Path socket() {
    return socket;
  }

  /** Gives the balloon of the next guest, once its driver has shared the memory. */
  ObservedBalloon next() throws InterruptedException {
    ObservedBalloon balloon = fresh.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (balloon == null) {
      throw new IllegalStateException("no driver shared its memory: " + failures);
    }
    return balloon;
  }

  boolean noMore() {
    return fresh.isEmpty();
  }

  /** Counts the front ends that came and went. */
  int served() {
    return served.get();
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("waited in vain for: " + what);
      }
      Thread.sleep(2);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    join();
    Files.deleteIfExists(directory);
    if (!failures.isEmpty()) {
      throw new IllegalStateException("the server failed", failures.getFirst());
    }
  }

  private void join() {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
