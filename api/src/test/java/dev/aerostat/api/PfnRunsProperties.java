package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What a driver names in one array comes back as runs, however it names it. */
final class PfnRunsProperties {
  private static final int MOST = 300;
  private static final int MANY = 600;
  private static final int[] SHORT_RUNS = {1, 3, 5};

  private record Run(long firstPage, long endPage, boolean descending) {}

  @Property
  void findsWhatIsFoundPageByPage(
      @ForAll("messages") int[] pfns, @ForAll @IntRange(max = 5) int skipped) {
    var runs = new PfnRuns(MOST);
    int from = Math.min(skipped, pfns.length);
    assertEquals(pageByPage(pfns, from), found(runs, pfns, from));
  }

  /** Another way than after long ones. */
  @Property
  void findsTheSameAfterShortRuns(
      @ForAll("messages") int[] before, @ForAll("messages") int[] pfns) {
    var runs = new PfnRuns(MOST);
    runs.find(SHORT_RUNS, 0, 3);
    runs.find(before, 0, before.length);
    runs.find(SHORT_RUNS, 0, 3);
    assertEquals(pageByPage(pfns, 0), found(runs, pfns, 0));
  }

  @Property
  void aMessageOfAnyLengthIsFoundToItsEnd(
      @ForAll @IntRange(min = 200, max = MANY) int length, @ForAll @IntRange(max = 600) int odd) {
    int[] pfns = IntStream.range(0, length).map(i -> i == odd ? 7 : 2 * i).toArray();
    var runs = new PfnRuns(MANY);
    runs.find(SHORT_RUNS, 0, 3);
    assertEquals(pageByPage(pfns, 0), found(runs, pfns, 0));
    int[] pairs = IntStream.range(0, length).map(i -> 3 * (i / 2) + i % 2).toArray();
    assertEquals(pageByPage(pairs, 0), found(runs, pairs, 0));
  }

  @Property
  void remembersNothingOfWhatItFoundBefore(
      @ForAll("messages") int[] before, @ForAll("messages") int[] pfns) {
    var runs = new PfnRuns(MOST);
    runs.find(before, 0, before.length);
    assertEquals(pageByPage(pfns, 0), found(runs, pfns, 0));
  }

  @Property
  void aRunIsOneRunWhateverItsLength(
      @ForAll @IntRange(min = 2, max = MOST) int length, @ForAll int head, @ForAll boolean down) {
    long last = Integer.toUnsignedLong(head) + (down ? 1 - length : length - 1);
    int[] pfns = IntStream.range(0, length).map(i -> down ? head - i : head + i).toArray();
    boolean wraps = last < 0 || last > 0xffff_ffffL;
    assertEquals(wraps ? 2 : 1, new PfnRuns(MOST).find(pfns, 0, length));
  }

  private static List<Run> found(PfnRuns runs, int[] pfns, int from) {
    int count = runs.find(pfns, from, pfns.length);
    var found = new ArrayList<Run>();
    int place = from;
    for (int run = 0; run < count; run++) {
      assertEquals(place, runs.place(run));
      found.add(new Run(runs.firstPage(run), runs.endPage(run), runs.isDescending(run)));
      place += (int) (runs.endPage(run) - runs.firstPage(run));
    }
    return found;
  }

  /** Takes one PFN after the other, as one would say it. */
  private static List<Run> pageByPage(int[] pfns, int from) {
    var runs = new ArrayList<Run>();
    for (int i = from; i < pfns.length; i++) {
      long page = Integer.toUnsignedLong(pfns[i]);
      Run last = runs.isEmpty() ? null : runs.getLast();
      boolean single = last != null && last.endPage - last.firstPage == 1;
      if (last != null && page == last.endPage && !last.descending) {
        runs.set(runs.size() - 1, new Run(last.firstPage, page + 1, false));
      } else if (last != null && page == last.firstPage - 1 && (single || last.descending)) {
        runs.set(runs.size() - 1, new Run(page, last.endPage, true));
      } else {
        runs.add(new Run(page, page + 1, false));
      }
    }
    return runs;
  }

  /** Pieces that go up, down, stay or turn, so that a step of one page is common between them. */
  @Provide
  Arbitrary<int[]> messages() {
    Arbitrary<Integer> starts =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 12),
            Arbitraries.integers().between(-6, 6),
            Arbitraries.integers());
    Arbitrary<int[]> pieces =
        Combinators.combine(
                starts,
                Arbitraries.integers().between(1, 40),
                Arbitraries.of(1, -1, 1, -1, 0, 2, 512))
            .as(
                (start, length, step) ->
                    IntStream.range(0, length).map(i -> start + i * step).toArray());
    return pieces
        .list()
        .ofMaxSize(7)
        .map(list -> list.stream().flatMapToInt(IntStream::of).toArray());
  }

  @Example
  void noStepIsTakenForOnePageBecauseItsMultiplesOverflow() {
    var runs = new PfnRuns(3);
    int[] pfns = {-4, Integer.MAX_VALUE - 4, -6};
    assertEquals(3, runs.find(pfns, 0, 3));
    assertEquals(3, runs.find(pfns, 0, 3));
  }

  @Example
  void whatDoesNotFitIsRefused() {
    var runs = new PfnRuns(2);
    String message =
        assertThrows(IllegalArgumentException.class, () -> runs.find(new int[3], 0, 3))
            .getMessage();
    assertEquals("3 PFNs at a time: there is room for 2", message);
    assertThrows(IndexOutOfBoundsException.class, () -> runs.find(new int[3], 2, 4));
    assertThrows(IllegalArgumentException.class, () -> new PfnRuns(0));
    assertThrows(IllegalArgumentException.class, () -> new PfnRuns(Integer.MAX_VALUE));
  }

  @Example
  void onlyWhatWasFoundLastCanBeAskedFor() {
    var runs = new PfnRuns(4);
    runs.find(new int[] {1, 5, 9}, 0, 3);
    assertEquals(1, runs.find(new int[] {7}, 0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> runs.firstPage(1));
    assertThrows(IndexOutOfBoundsException.class, () -> runs.endPage(1));
    assertThrows(IndexOutOfBoundsException.class, () -> runs.isDescending(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> runs.place(1));
    assertEquals(0, runs.find(new int[] {7}, 1, 1));
  }
}
