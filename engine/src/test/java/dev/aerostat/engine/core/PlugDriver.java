package dev.aerostat.engine.core;

import java.util.random.RandomGenerator;

/** What a guest's virtio-mem driver does next, as far as a device passes it on. */
final class PlugDriver {
  private final EngineHarness harness;
  private final PlugBooks books;
  private final RandomGenerator random;
  private final boolean hostile;

  PlugDriver(EngineHarness harness, RandomGenerator random) {
    this.harness = harness;
    this.books = harness.plugs;
    this.random = random;
    this.hostile = random.nextBoolean();
  }

  boolean isHere() {
    return !books.region.isEmpty();
  }

  void step() {
    int dice = random.nextInt(20);
    if (dice == 0) {
      harness.operatorRequest(random.nextLong(books.region.cardinality() + 1L));
    } else if (dice == 1) {
      harness.operatorRequest(books.region.cardinality());
    } else if (dice == 2) {
      reset();
    } else if (dice == 3) {
      if (books.queueStopped) {
        harness.plugQueueGoesOn();
      } else {
        harness.plugQueueStops();
      }
    } else if (dice < 8) {
      unplug();
    } else {
      plug();
    }
    harness.turnEnded();
  }

  private void reset() {
    boolean waited = books.isAsked();
    books.queueStopped = false;
    if (waited) {
      harness.plugDropped();
    }
  }

  private void plug() {
    int lowest = books.region.nextSetBit(0);
    int first =
        hostile
            ? lowest + random.nextInt(books.region.cardinality())
            : books.plugged.nextClearBit(lowest);
    int end = first + 1 + random.nextInt(20);
    if (books.passes(first, end)) {
      harness.plugAsked(first, end);
    }
  }

  private void unplug() {
    int first = books.plugged.nextSetBit(random.nextInt(books.region.length()));
    if (first >= 0 && !books.isAsked() && !books.queueStopped) {
      int end = books.plugged.nextClearBit(first);
      harness.unplugged(first, first + 1 + random.nextInt(end - first));
    }
  }
}
