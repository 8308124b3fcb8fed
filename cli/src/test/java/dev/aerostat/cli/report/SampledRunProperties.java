package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class SampledRunProperties {
  private static MemorySample sample(long mapped) {
    return new MemorySample(mapped, 0, 0, "");
  }

  @Property
  void eachSampleIsWhatWasSoAtItsTimeAndThereAreNeverTooMany(
      @ForAll @Size(max = 300) List<@LongRange(min = 0, max = 50_000_000_000L) Long> distances,
      @ForAll boolean dense) {
    var run = new SampledRun();
    var history = new TreeMap<Long, Long>();
    long now = 0;
    long state = 0;
    for (long distance : distances) {
      now += dense ? distance % 5_000 : distance;
      long before = state;
      run.until(now, () -> sample(before));
      state++;
      history.put(now, state);
    }
    long end = now;
    List<SampledRun.Timed> samples = run.endedAt(end, sample(state), List.of());
    assertTrue(samples.size() <= SampledRun.MOST, () -> samples.size() + " samples");
    assertEquals(new SampledRun.Timed(end, sample(state)), samples.getLast());
    long step = samples.size() > 2 ? samples.get(1).nanos() : 1;
    for (int i = 0; i < samples.size() - 1; i++) {
      SampledRun.Timed timed = samples.get(i);
      assertEquals(i * step, timed.nanos(), "equally far apart");
      var known = history.lowerEntry(timed.nanos());
      assertEquals(known == null ? 0 : known.getValue(), timed.sample().mappedBytes());
    }
  }

  @Property(tries = 20)
  void aLongRunKeepsAQuarterOfItsSamplesAtLeast(
      @ForAll @LongRange(min = 1_000_000, max = 4_000_000_000_000L) long length) {
    var run = new SampledRun();
    run.until(length, () -> sample(1));
    assertTrue(run.endedAt(length, sample(1), List.of()).size() >= SampledRun.MOST / 4);
  }
}
