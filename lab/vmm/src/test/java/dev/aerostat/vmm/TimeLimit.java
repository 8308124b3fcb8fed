package dev.aerostat.vmm;

import dev.aerostat.vmm.bus.GuestEnd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ends a guest that takes too long, and then a VMM that does not end with it: that is built or
 * closed without end. It has a thread of its own, so it depends on nothing that may have stopped.
 *
 * <p>To be closed after the machine is.
 */
final class TimeLimit implements AutoCloseable {
  /** How long a machine may take to end its run and to close, once its guest was ended. */
  private static final Duration GRACE = Duration.ofMinutes(3);

  private final Duration limit;
  private final Duration grace;
  private final Runnable last;
  private final CompletableFuture<Consumer<GuestEnd>> guest = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Begins now.
   *
   * @param last what is done once neither the guest nor its VMM has ended in time
   */
  TimeLimit(Duration limit, Duration grace, Runnable last) {
    this.limit = limit;
    this.grace = grace;
    this.last = last;
    var _ = Thread.ofPlatform().daemon().name("time-limit").start(this::watch);
  }

  /** Begins now. What has not ended in time is printed, thread by thread, and the process ends. */
  static TimeLimit ofSeconds(int most) {
    return new TimeLimit(Duration.ofSeconds(most), GRACE, TimeLimit::endProcess);
  }

  /** Runs a guest to its end, or until it has taken too long, which is {@code STOPPED}. */
  GuestEnd run(VirtualMachine machine) {
    ends(machine::end);
    return machine.run();
  }

  /** Sets how to end what runs. */
  void ends(Consumer<GuestEnd> ends) {
    boolean _ = guest.complete(ends);
  }

  private void watch() {
    try {
      if (closesWithin(limit)) {
        return;
      }
      var _ =
          guest.thenAccept(
              it -> it.accept(new GuestEnd(GuestEnd.Kind.STOPPED, "it took too long")));
      if (!closesWithin(grace)) {
        last.run();
      }
    } catch (InterruptedException nobodyDoes) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean closesWithin(Duration time) throws InterruptedException {
    return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void endProcess() {
    System.out.println("TIME LIMIT: the VMM does not end; its threads:");
    Thread.getAllStackTraces()
        .forEach(
            (thread, frames) -> {
              System.out.println(thread);
              for (StackTraceElement frame : frames) {
                System.out.println("    at " + frame);
              }
            });
    System.out.flush();
    Runtime.getRuntime().halt(1);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
