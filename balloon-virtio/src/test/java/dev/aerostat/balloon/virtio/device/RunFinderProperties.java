package dev.aerostat.balloon.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.aerostat.balloon.virtio.BalloonMistake;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

class RunFinderProperties {
  /** Messages with stretches up and down, repeats, pages in the hole and beyond. */
  @Provide
  Arbitrary<List<Long>> messages() {
    Arbitrary<Long> starts =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 8600),
            Arbitraries.of(0L, 1L, 1023L, 1024L, 2047L, 2048L, 4095L, 4096L, 6143L, 6144L),
            Arbitraries.longs().between(0, 0xffff_ffffL));
    Arbitrary<Integer> steps = Arbitraries.of(-1, 0, 1, 1, -1, 2);
    Arbitrary<Integer> lengths =
        Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.integers().between(1, 12)),
            // PFNs are read 256 at a time.
            Tuple.of(1, Arbitraries.integers().between(250, 600)));
    return Combinators.combine(starts, steps, lengths)
        .as(RunFinderProperties::stretch)
        .list()
        .ofMaxSize(12)
        .map(stretches -> stretches.stream().flatMap(List::stream).toList());
  }

  private static List<Long> stretch(long start, int step, int length) {
    var pfns = new ArrayList<Long>();
    for (int i = 0; i < length; i++) {
      pfns.add((start + (long) i * step) & 0xffff_ffffL);
    }
    return pfns;
  }

  @Property
  void runsNameExactlyThePagesOfRamInTheGuestsOrder(
      @ForAll("messages") List<Long> pfns, @ForAll @IntRange(min = 1, max = 60) int budget) {
    var guest = send(pfns, budget, true);
    assertEquals(pagesOfRam(pfns), pagesOf(guest.recorded.inflated));
    assertEquals(
        pfns.size() - pagesOfRam(pfns).size(), guest.mistakes(BalloonMistake.PAGE_OUTSIDE_MEMORY));
    assertEquals(pagesOfRam(pfns).size(), guest.device.counters().inflatePages());
  }

  @Property
  void noRunCouldHaveGoneOn(@ForAll("messages") List<Long> pfns) {
    List<RecordingEvents.Run> runs = send(pfns, TestGuest.BUDGET, true).recorded.inflated;
    for (int i = 1; i < runs.size(); i++) {
      assertFalse(carriesOn(runs.get(i - 1), runs.get(i)), () -> "in " + runs);
    }
  }

  @Property
  void aDescendingRunHasTwoPagesOrMore(@ForAll("messages") List<Long> pfns) {
    for (RecordingEvents.Run run : send(pfns, TestGuest.BUDGET, true).recorded.inflated) {
      assertFalse(run.descending() && run.end() - run.first() == 1);
    }
  }

  @Property(tries = 100)
  void unmergedRunsAreSinglePages(@ForAll("messages") List<Long> pfns) {
    List<RecordingEvents.Run> runs = send(pfns, TestGuest.BUDGET, false).recorded.inflated;
    assertEquals(pagesOfRam(pfns), runs.stream().map(RecordingEvents.Run::first).toList());
    assertEquals(runs.size(), pagesOf(runs).size());
  }

  /** The first page of the next run continues this one, in its direction or in any if single. */
  private static boolean carriesOn(RecordingEvents.Run run, RecordingEvents.Run next) {
    long page = next.descending() ? next.end() - 1 : next.first();
    boolean single = run.end() - run.first() == 1;
    boolean up = page == run.end() && !run.descending();
    boolean down = page == run.first() - 1 && (run.descending() || single);
    return up || down;
  }

  private static TestGuest send(List<Long> pfns, int budget, boolean merge) {
    var guest = TestGuest.running(TestGuest.plain().withMergePages(merge));
    guest.memory.writePfns(TestGuest.BUFFERS, pfns.stream().mapToLong(Long::longValue).toArray());
    guest.inflate().offer(0, TestGuest.BUFFERS, 4L * pfns.size());
    guest.processAll(budget);
    return guest;
  }

  private static List<Long> pagesOfRam(List<Long> pfns) {
    return pfns.stream().filter(TestMemory::isPage).toList();
  }

  private static List<Long> pagesOf(List<RecordingEvents.Run> runs) {
    var pages = new ArrayList<Long>();
    for (RecordingEvents.Run run : runs) {
      for (long i = 0; i < run.end() - run.first(); i++) {
        pages.add(run.descending() ? run.end() - 1 - i : run.first() + i);
      }
    }
    return pages;
  }
}
