package dev.aerostat.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Samples at equal distances in time of a run whose length nobody knows yet. Bounded: when there
 * are too many, every second one goes, and those to come are twice as far apart.
 */
final class SampledRun {
  /** An even number, so that samples stay at multiples of their distance. */
  static final int MOST = 512;

  private final List<Timed> samples = new ArrayList<>(MOST);
  private long stepNanos = 1_000;
  private long nextNanos;

  /**
   * A sample and its time. Immutable.
   *
   * @param nanos since the run's start
   * @param sample what was so then
   */
  record Timed(long nanos, MemorySample sample) {}

  /**
   * Takes the samples that are due: until this moment nothing has changed.
   *
   * @param nowNanos since the run's start, not before the call before
   * @param now asked at most once, and only if a sample is due
   */
  void until(long nowNanos, Supplier<MemorySample> now) {
    if (nowNanos < nextNanos) {
      return;
    }
    MemorySample sample = now.get();
    while (nextNanos <= nowNanos) {
      samples.add(new Timed(nextNanos, sample));
      if (samples.size() == MOST) {
        thin();
      }
      nextNanos += stepNanos;
    }
  }

  private void thin() {
    for (int i = 1; i < MOST / 2; i++) {
      samples.set(i, samples.get(2 * i));
    }
    samples.subList(MOST / 2, MOST).clear();
    stepNanos *= 2;
    nextNanos = samples.getLast().nanos();
  }

  /**
   * Returns what was sampled before a moment, and that moment itself at the end.
   *
   * @param opening sampled the run's beginning, up to a moment, more densely; empty if nothing did
   */
  List<Timed> endedAt(long endNanos, MemorySample last, List<Timed> opening) {
    long openingEnd = opening.isEmpty() ? -1 : opening.getLast().nanos();
    List<Timed> ended = new ArrayList<>();
    Stream.concat(opening.stream(), samples.stream().filter(sample -> sample.nanos() > openingEnd))
        .filter(sample -> sample.nanos() < endNanos)
        .forEach(ended::add);
    ended.add(new Timed(endNanos, last));
    return ended;
  }

  /** Returns what was sampled so far. */
  List<Timed> samples() {
    return List.copyOf(samples);
  }
}
