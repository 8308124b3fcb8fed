package dev.aerostat.engine.core;

import dev.aerostat.api.HostRefusedException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Guest, host, operator and clock, each doing what it likes; the same for the same seed. */
final class RandomWalk {
  private static final int TOKENS = 20;

  final EngineHarness harness;
  private final RandomGenerator random;
  private final Driver driver;
  private final PlugDriver plugs;
  private final int refusalsInTen;
  private boolean driverUp;
  private boolean inflating;
  private long inflatedPages;
  private OptionalInt deflating = OptionalInt.empty();

  private RandomWalk(EngineHarness harness, RandomGenerator random) {
    this.harness = harness;
    this.random = random;
    this.plugs = new PlugDriver(harness, random);
    this.refusalsInTen = random.nextBoolean() ? 0 : random.nextInt(10);
    int appetite = random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(20);
    this.driver =
        random.nextInt(3) == 0
            ? Driver.linux(harness, random, appetite)
            : Driver.hostile(harness, random);
  }

  /** Walks so many steps in a world without a saboteur. */
  static void run(long seed, int steps) {
    run(seed, steps, UnaryOperator.identity(), Sabotage.none());
  }

  /**
   * Walks so many steps, then lets the host answer all and checks where that ends.
   *
   * @param world what all of its settings have in common
   * @throws Rule.Broken if a rule does not hold after a step; its message has the last ones
   */
  static void run(long seed, int steps, UnaryOperator<CoreSettings> world, Sabotage sabotage) {
    var random = new SplittableRandom(seed);
    Setup setup = Setup.random(random, world);
    var walk = new RandomWalk(new EngineHarness(setup, sabotage), random);
    try {
      walk.walk(steps);
    } catch (Rule.Broken broken) {
      throw broken.after(setup, walk.harness.log);
    } catch (RuntimeException thrown) {
      throw new IllegalStateException(Rule.Broken.story(setup, walk.harness.log), thrown);
    }
  }

  private void walk(int steps) {
    harness.start();
    for (int i = 0; i < steps && !harness.closed; i++) {
      step();
    }
    if (!harness.closing) {
      if (harness.driverMayBeGone) {
        harness.stopEnded();
      }
      readTheRest();
      OrderlyShutdown.settle(harness);
      harness.operatorTarget(0);
      OrderlyShutdown.returnOrder(harness);
    }
    OrderlyShutdown.close(harness);
  }

  private void step() {
    int dice = random.nextInt(1000);
    if (dice < 100 && plugs.isHere()) {
      plugs.step();
    } else if (dice < 400) {
      deviceTurn();
    } else if (dice < 750) {
      hostAnswers();
    } else if (dice < 850) {
      timerFires();
    } else if (dice < 940) {
      if (harness.gateMoves()) {
        harness.gateMoved();
      }
    } else if (dice < 960) {
      harness.operatorTarget(random.nextLong(harness.guest.ram.cardinality() + 1L));
    } else if (dice < 970) {
      harness.operatorTarget(0);
    } else if (dice < 980) {
      harness.dmaWanted();
    } else if (dice < 990) {
      stop();
    } else if (dice < 998) {
      reset();
    } else {
      harness.close();
    }
  }

  private void hostAnswers() {
    int calls = harness.host.inFlight.size();
    if (calls > 0) {
      PendingCall call = harness.host.inFlight.get(random.nextInt(calls));
      if (random.nextInt(10) < refusalsInTen) {
        harness.refuse(call, pick(HostRefusedException.State.values()));
      } else {
        harness.succeed(call);
      }
    }
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private void timerFires() {
    var timers = harness.refusals.timers.keySet().toArray(Integer[]::new);
    if (timers.length > 0) {
      harness.fire(timers[random.nextInt(timers.length)]);
    }
  }

  private void reset() {
    if (!harness.resetHeld) {
      inflating = false;
      deflating = OptionalInt.empty();
      driverUp = false;
      driver.reset();
      harness.resetRequested();
    }
  }

  /** A stop that may be a reset, and its end; the driver goes on beside it with other queues. */
  private void stop() {
    if (harness.driverMayBeGone) {
      harness.stopEnded();
    } else if (!harness.resetHeld && driverUp) {
      harness.stopRequested();
    }
  }

  private void deviceTurn() {
    if (harness.resetHeld) {
      return;
    }
    if (!driverUp) {
      driverUp = true;
      harness.driverReady();
      return;
    }
    for (int i = random.nextInt(3); i > 0 && inflate(); i--) {}
    if (!inflating) {
      for (int i = random.nextInt(3); i > 0 && deflate(); i--) {}
    }
    harness.turnEnded();
  }

  /** Feeds an inflate message or a piece of one; returns whether it was read whole. */
  private boolean inflate() {
    inflating = true;
    for (int runs = random.nextInt(4); runs > 0; runs--) {
      Optional<Driver.Run> run = driver.inflates();
      run.ifPresent(it -> harness.inflated(it.firstPage(), it.endPage(), it.descending()));
      inflatedPages += run.map(it -> it.endPage() - it.firstPage()).orElse(0L);
    }
    if (random.nextInt(5) == 0) {
      return false;
    }
    harness.inflateMessageEnd(inflatedPages);
    inflatedPages = 0;
    inflating = false;
    return true;
  }

  /** Feeds a deflate message or a piece of one; returns whether it was read whole. */
  private boolean deflate() {
    if (deflating.isEmpty()) {
      int token = random.nextInt(TOKENS);
      if (harness.guest.deflates.containsKey(token) || !harness.acceptsDeflate()) {
        return false;
      }
      deflating = OptionalInt.of(token);
      harness.deflateBegin(token);
    }
    int token = deflating.getAsInt();
    for (int runs = random.nextInt(4); runs > 0; runs--) {
      driver.deflates().ifPresent(it -> harness.deflated(token, it.firstPage(), it.endPage()));
    }
    if (random.nextInt(5) == 0) {
      return false;
    }
    harness.deflateEnd(token);
    deflating = OptionalInt.empty();
    return true;
  }

  /** A message in its queue is read to its end whatever the guest does. */
  private void readTheRest() {
    if (inflating) {
      harness.inflateMessageEnd(inflatedPages);
    }
    deflating.ifPresent(harness::deflateEnd);
    harness.turnEnded();
  }
}
