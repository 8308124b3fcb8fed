package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.MIB;
import static dev.aerostat.vhost.user.Machine.PAGE;

import dev.aerostat.balloon.virtio.BalloonSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * Measures how fast a guest of 1 GiB inflates and deflates, with the engine behind the device and
 * with a device that only acknowledges. Both guests are up at once and take turns. Not among the
 * tests: {@code src/it/throughput} runs it.
 */
final class DriverThroughput {
  private static final int GUEST_MIB = 1024;
  private static final long BALLOON_MIB = 768;
  private static final int ROUNDS = Integer.getInteger("aerostat.rounds", 5);
  private static final BalloonSettings SETTINGS = VhostUserServer.settings();

  /** Inflates and deflates take turns so often that one round of either lasts half a second. */
  private static final int CYCLES = 10;

  private static final long LOOK_NANOS = 100_000;

  private record Contender<B extends HostedBalloon>(
      String name, Backend<B> backend, LinuxGuest guest, B balloon, LongConsumer setTarget)
      implements AutoCloseable {
    /** Gives the nanoseconds until the driver says that it is there. */
    long timeTo(long mib) {
      long pages = mib * MIB / PAGE;
      long start = System.nanoTime();
      setTarget.accept(pages);
      while (balloon.device().actual() != pages) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      return System.nanoTime() - start;
    }

    @Override
    public void close() throws IOException {
      guest.close();
      backend.close();
    }
  }

  private interface Target<B> {
    void set(B balloon, long pages);
  }

  private static <B extends HostedBalloon> Contender<B> contender(
      String name, Backend.Factory<B> factory, Target<B> target) throws Exception {
    var backend = new Backend<>(SETTINGS, factory);
    LinuxGuest guest = LinuxGuest.boot(backend.socket(), GUEST_MIB);
    B balloon = Machine.load(backend, guest);
    return new Contender<>(name, backend, guest, balloon, pages -> target.set(balloon, pages));
  }

  @Test
  void inflatesAndDeflatesNearlyAsFastAsADeviceThatOnlyAcknowledges() throws Exception {
    try (var bare =
            contender(
                "bare",
                (memory, frontEnd) -> new BareBalloon(memory, frontEnd, SETTINGS),
                (balloon, pages) -> balloon.device().setTarget(pages));
        var ours =
            contender(
                "engine",
                (memory, frontEnd) -> new PlainBalloon(memory, frontEnd, SETTINGS),
                (balloon, pages) -> balloon.dma().operatorTarget(pages * PAGE))) {
      Backend.await("the end of the boot", () -> ours.balloon().dma().progress().done());
      var inflate = new Results("inflate");
      var deflate = new Results("deflate");
      // The first round warms up.
      for (int round = 0; round <= ROUNDS; round++) {
        for (int cycle = 0; cycle < CYCLES; cycle++) {
          inflate.add(bare.timeTo(BALLOON_MIB), ours.timeTo(BALLOON_MIB));
          deflate.add(bare.timeTo(0), ours.timeTo(0));
        }
        inflate.endRound(round);
        deflate.endRound(round);
      }
      inflate.print();
      deflate.print();
    }
  }

  private static final class Results {
    private final String what;
    private final List<Long> bare = new ArrayList<>();
    private final List<Long> ours = new ArrayList<>();
    private long bareNanos;
    private long ourNanos;

    Results(String what) {
      this.what = what;
    }

    void add(long bareTook, long oursTook) {
      bareNanos += bareTook;
      ourNanos += oursTook;
    }

    void endRound(int round) {
      System.out.printf(
          "round %d, %s: bare %,d, engine %,d pages/s%n",
          round, what, rate(bareNanos), rate(ourNanos));
      if (round > 0) {
        bare.add(rate(bareNanos));
        ours.add(rate(ourNanos));
      }
      bareNanos = 0;
      ourNanos = 0;
    }

    private static long rate(long nanos) {
      return CYCLES * (BALLOON_MIB * MIB / PAGE) * 1_000_000_000L / nanos;
    }

    void print() {
      System.out.printf(
          "%s, medians of %d: bare %,d, engine %,d pages/s: %.2f%n",
          what, ROUNDS, median(bare), median(ours), (double) median(ours) / median(bare));
    }

    private static long median(List<Long> values) {
      return values.stream().sorted().toList().get(values.size() / 2);
    }
  }
}
