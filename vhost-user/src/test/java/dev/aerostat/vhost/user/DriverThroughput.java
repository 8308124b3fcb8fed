package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.MIB;
import static dev.aerostat.vhost.user.Machine.PAGE;

import dev.aerostat.balloon.virtio.BalloonSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

  private record Contender<B extends HostedBalloon>(
      String name, Backend<B> backend, LinuxGuest guest, B balloon, LongConsumer setTarget)
      implements AutoCloseable {
    long pagesPerSecond(long mib) throws InterruptedException {
      long pages = mib * MIB / PAGE;
      long moved = Math.abs(pages - balloon.device().actual());
      long start = System.nanoTime();
      setTarget.accept(pages);
      Backend.await(name + " at " + mib + " MiB", () -> balloon.device().actual() == pages);
      return moved * 1_000_000_000L / (System.nanoTime() - start);
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
      var results = new Results();
      // The first round warms up.
      for (int round = 0; round <= ROUNDS; round++) {
        for (long mib : new long[] {BALLOON_MIB, 0}) {
          long others = bare.pagesPerSecond(mib);
          results.add(round, mib > 0, others, ours.pagesPerSecond(mib));
        }
      }
      results.print();
    }
  }

  private static final class Results {
    private final List<Long> bareInflate = new ArrayList<>();
    private final List<Long> bareDeflate = new ArrayList<>();
    private final List<Long> inflate = new ArrayList<>();
    private final List<Long> deflate = new ArrayList<>();

    void add(int round, boolean inflating, long bare, long ours) {
      System.out.printf(
          "round %d %s: bare %,d, engine %,d pages/s%n",
          round, inflating ? "inflate" : "deflate", bare, ours);
      if (round > 0) {
        (inflating ? bareInflate : bareDeflate).add(bare);
        (inflating ? inflate : deflate).add(ours);
      }
    }

    void print() {
      print("inflate", bareInflate, inflate);
      print("deflate", bareDeflate, deflate);
    }

    private static void print(String what, List<Long> bare, List<Long> ours) {
      System.out.printf(
          "%s, median of %d: bare %,d, engine %,d pages/s: %.2f%n",
          what, ROUNDS, median(bare), median(ours), (double) median(ours) / median(bare));
    }

    private static long median(List<Long> values) {
      return values.stream().sorted().toList().get(values.size() / 2);
    }
  }
}
