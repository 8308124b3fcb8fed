package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.MIB;
import static dev.aerostat.vhost.user.Machine.PAGE;

import dev.aerostat.balloon.virtio.BalloonSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Measures how fast a guest of 1 GiB inflates and deflates, with the engine behind the device, once
 * lent the transport's thread and once not, and with a device that only acknowledges. The guests
 * are up at once and take turns. Not among the tests: {@code src/it/throughput} runs it.
 */
final class DriverThroughput {
  private static final int GUEST_MIB = 1024;
  private static final long BALLOON_MIB = 768;
  private static final int ROUNDS = Integer.getInteger("aerostat.rounds", 5);
  private static final BalloonSettings SETTINGS = VhostUserServer.settings();

  /** Inflates and deflates a round, of which the median counts: a busy machine disturbs some. */
  private static final int CYCLES = 10;

  private static final long LOOK_NANOS = 100_000;

  private record Contender<B extends HostedBalloon>(
      String name, Backend<B> backend, LinuxGuest guest, B balloon, LongConsumer setTarget)
      implements AutoCloseable {
    /** Returns the nanoseconds until the driver reports that it is there. */
    long timeTo(long mib) {
      long pages = mib * MIB / PAGE;
      long start = System.nanoTime();
      setTarget.accept(pages);
      while (Backend.actual(balloon) != pages) {
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

  private static Contender<PlainBalloon> engine(String name, boolean lendsItsThread)
      throws Exception {
    Contender<PlainBalloon> engine =
        contender(
            name,
            (memory, frontEnd) -> new PlainBalloon(memory, frontEnd, SETTINGS, lendsItsThread),
            (balloon, pages) -> balloon.dma().operatorTarget(pages * PAGE));
    Backend.await("the end of the boot", () -> engine.balloon().dma().progress().done());
    return engine;
  }

  @Test
  void ofTheEngineBesideADeviceThatOnlyAcknowledges() throws Exception {
    try (var bare =
            contender(
                "bare",
                (memory, frontEnd) -> new BareBalloon(memory, frontEnd, SETTINGS),
                (balloon, pages) -> balloon.held().setTarget(pages));
        var lent = engine("engine", true);
        var handing = engine("engine, its own thread", false)) {
      var contenders = List.of(bare, lent, handing);
      var inflate = new Results("inflate", contenders);
      var deflate = new Results("deflate", contenders);
      // The first round warms up.
      for (int round = 0; round <= ROUNDS; round++) {
        for (int cycle = 0; cycle < CYCLES; cycle++) {
          inflate.measure(BALLOON_MIB);
          deflate.measure(0);
        }
        inflate.endRound(round);
        deflate.endRound(round);
      }
      inflate.print();
      deflate.print();
    }
  }

  /** One way of moving pages; the contenders take turns. */
  private static final class Results {
    private final String what;
    private final List<Entry> entries;

    private record Entry(Contender<?> contender, List<Long> cycles, List<Long> rounds) {
      long median() {
        return DriverThroughput.median(rounds);
      }

      double medianRatio(Entry other) {
        return IntStream.range(0, rounds.size())
            .mapToDouble(round -> (double) rounds.get(round) / other.rounds.get(round))
            .sorted()
            .toArray()[rounds.size() / 2];
      }
    }

    Results(String what, List<Contender<?>> contenders) {
      this.what = what;
      this.entries =
          contenders.stream()
              .map(each -> new Entry(each, new ArrayList<>(), new ArrayList<>()))
              .toList();
    }

    void measure(long mib) {
      for (Entry entry : entries) {
        long nanos = entry.contender.timeTo(mib);
        entry.cycles.add(BALLOON_MIB * MIB / PAGE * 1_000_000_000L / nanos);
      }
    }

    void endRound(int round) {
      for (Entry entry : entries) {
        if (round > 0) {
          entry.rounds.add(median(entry.cycles));
        }
        entry.cycles.clear();
      }
    }

    void print() {
      Entry bare = entries.getFirst();
      for (Entry entry : entries) {
        System.out.printf(
            "%s, %s: %,d pages/s, %.2f of bare; round by round %.2f of %s%n",
            what,
            entry.contender.name(),
            entry.median(),
            (double) entry.median() / bare.median(),
            entry.medianRatio(bare),
            entry.rounds);
      }
    }
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
