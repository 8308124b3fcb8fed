package dev.aerostat.vhost.user;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A server on a thread of its own, and the balloons that it built. */
final class Backend<B extends HostedBalloon> implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  /** For those who wait in vain. */
  private static final Collection<Backend<?>> RUNNING = new ConcurrentLinkedQueue<>();

  private final Path directory;
  private final Path socket;
  private final VhostUserServer server;
  private final Thread thread;
  private final BlockingQueue<B> fresh = new LinkedBlockingQueue<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile Optional<B> last = Optional.empty();
  private final AtomicInteger served = new AtomicInteger();

  /** Builds a started balloon. */
  interface Factory<B extends HostedBalloon> {
    B make(GuestMemory memory, GuestInterrupts frontEnd);
  }

  Backend(BalloonSettings device, Factory<B> factory) throws IOException {
    this(device, factory, Duration.ofSeconds(10));
  }

  /** Starts a server that waits so long for the rest of a message. */
  Backend(BalloonSettings device, Factory<B> factory, Duration patience) throws IOException {
    directory = Files.createTempDirectory("vhost");
    socket = directory.resolve("s");
    server =
        VhostUserServer.listen(
            socket,
            device,
            (memory, frontEnd) -> {
              B balloon = factory.make(memory, frontEnd);
              last = Optional.of(balloon);
              fresh.add(balloon);
              return balloon;
            },
            patience);
    thread = Thread.ofPlatform().daemon().name("vhost-user").start(this::serve);
    RUNNING.add(this);
  }

  static Backend<ObservedBalloon> observed(ServedSetup setup) throws IOException {
    return new Backend<>(
        setup.device(), (memory, frontEnd) -> ObservedBalloon.start(memory, frontEnd, setup));
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

  VhostUserServer server() {
    return server;
  }

  Path socket() {
    return socket;
  }

  /** Returns the balloon of the next guest, once its driver has shared the memory. */
  B next() throws InterruptedException {
    B balloon = fresh.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
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

  /** Returns whether a front end came and went, or its session failed. */
  boolean isOver() {
    return served() > 0 || !failures.isEmpty();
  }

  /** Waits for the server to fail, which then is no failure of the test's. */
  Throwable failure() throws InterruptedException {
    Backend.await("a failure", () -> !failures.isEmpty());
    return failures.removeFirst();
  }

  /** Returns {@code num_pages}, as the driver sees it. */
  static long target(HostedBalloon balloon) {
    return balloon.device().readConfig(0, Integer.BYTES);
  }

  /** Returns {@code actual}, as the driver wrote it. */
  static long actual(HostedBalloon balloon) {
    return balloon.device().readConfig(Integer.BYTES, Integer.BYTES);
  }

  /** Waits for longer than a loaded machine takes; in vain, it reports what all servers did. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    if (!holdsWithin(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS), condition)) {
      throw inVain(what, "");
    }
  }

  /** The same, and reports what a test adds of what it saw. */
  static void await(String what, BooleanSupplier condition, Supplier<?> seen)
      throws InterruptedException {
    if (!holdsWithin(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS), condition)) {
      throw inVain(what, "seen: " + seen.get() + "; ");
    }
  }

  static <T> T get(String what, Future<T> future) throws ExecutionException, InterruptedException {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw inVain(what, "");
    }
  }

  private static IllegalStateException inVain(String what, String seen) {
    return new IllegalStateException(
        "waited %d s in vain for %s; %sservers: %s; threads:%n%s"
            .formatted(PATIENCE_SECONDS, what, seen, RUNNING, threads()));
  }

  /** Returns the threads that are not the JVM's own, and where they are. */
  private static String threads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getThreadGroup() != null)
        .filter(thread -> !thread.getKey().getThreadGroup().getName().equals("system"))
        .map(thread -> "  " + thread.getKey() + " at " + Arrays.toString(thread.getValue()))
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  @Override
  public String toString() {
    return "%d sessions over; failures %s; the last balloon: %s"
        .formatted(served(), failures, last.map(Backend::described).orElse("none"));
  }

  private static String described(HostedBalloon balloon) {
    return "status %d, num_pages %d, actual %d"
        .formatted(balloon.device().status(), target(balloon), actual(balloon));
  }

  static boolean holdsWithin(long millis, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(2);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    RUNNING.remove(this);
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
