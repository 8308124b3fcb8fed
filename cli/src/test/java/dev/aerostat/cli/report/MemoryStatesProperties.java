package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What the picture shows, against a guest whose every page is looked at. */
class MemoryStatesProperties {
  private static final long MIB = 1 << 20;
  private static final int GRANULE_PAGES = 512;

  /** 14 MiB in three regions, the last two of which touch. */
  private static final List<GuestRange> RAM =
      List.of(
          GuestRange.ofLength(0, 6 * MIB),
          GuestRange.ofLength(32 * MIB, 4 * MIB),
          GuestRange.ofLength(36 * MIB, 4 * MIB));

  private static final int ROWS = 7;
  private static final Pattern RUN = Pattern.compile("([a-z])(\\d+)");

  /** Each page's state, by its place in RAM. */
  private static final class Oracle {
    private final List<Long> pages = new ArrayList<>();
    private final TreeSet<Integer> ballooned = new TreeSet<>();
    private final TreeSet<Integer> mapped = new TreeSet<>();
    private final TreeSet<Integer> leaving = new TreeSet<>();

    Oracle() {
      RAM.forEach(
          range -> {
            for (long page = range.firstPage(); page < range.endPage(); page++) {
              pages.add(page);
            }
          });
    }

    MemorySample sample() {
      return new MemorySample(
          Pages.toBytes(mapped.size()),
          Pages.toBytes(ballooned.size()),
          Pages.toBytes(leaving.size()),
          "");
    }

    String letters() {
      var letters = new StringBuilder();
      int each = pages.size() / ROWS;
      for (int row = 0; row < ROWS; row++) {
        letters.append(letter(row * each, (row + 1) * each));
      }
      return letters.toString();
    }

    private char letter(int first, int end) {
      if (!leaving.subSet(first, end).isEmpty()) {
        return 'l';
      }
      Map<Character, Integer> parts = new HashMap<>();
      for (int page = first; page < end; page++) {
        boolean in = ballooned.contains(page);
        char state = mapped.contains(page) ? in ? 'r' : 'm' : in ? 'b' : 'u';
        parts.merge(state, 1, Integer::sum);
      }
      char most = 'r';
      for (char state : new char[] {'b', 'm', 'u'}) {
        most = parts.getOrDefault(state, 0) > parts.getOrDefault(most, 0) ? state : most;
      }
      return most;
    }
  }

  private static String letters(String column) {
    var letters = new StringBuilder();
    RUN.matcher(column)
        .results()
        .forEach(run -> letters.append(run.group(1).repeat(Integer.parseInt(run.group(2)))));
    return letters.toString();
  }

  @Property(tries = 60)
  void everyPageIsCountedAsWhatItIs(@ForAll long seed) throws Exception {
    var random = new Random(seed);
    var oracle = new Oracle();
    try (SparseMemory memory = SparseMemory.allocate(RAM)) {
      var states = new MemoryStates(memory.guestMemory());
      assertEquals(ROWS, states.rows());
      Map<Long, List<Integer>> messages = new HashMap<>();
      for (int step = 0; step < 60; step++) {
        step(random, oracle, states, messages);
        MemorySample sample = states.sample();
        assertEquals(
            oracle.sample(),
            new MemorySample(
                sample.mappedBytes(), sample.balloonedBytes(), sample.leavingBytes(), ""));
        assertEquals(oracle.letters(), letters(sample.column()));
      }
    }
  }

  private static void step(
      Random random, Oracle oracle, MemoryStates states, Map<Long, List<Integer>> messages) {
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> {
        int[] run = run(random, oracle);
        // A page that is with the device is given again only by a guest that lies.
        if (oracle.leaving.subSet(run[0], run[1]).isEmpty()) {
          states.inflated(oracle.pages.get(run[0]), oracle.pages.get(run[1] - 1) + 1);
          for (int page = run[0]; page < run[1]; page++) {
            oracle.ballooned.add(page);
          }
        }
      }
      case 3, 4 -> deflate(random, oracle, states, messages);
      case 5, 6 -> {
        int granule = random.nextInt(oracle.pages.size() / GRANULE_PAGES) * GRANULE_PAGES;
        if (!oracle.mapped.contains(granule)) {
          states.mapped(oracle.pages.get(granule), oracle.pages.get(granule) + GRANULE_PAGES);
          for (int page = granule; page < granule + GRANULE_PAGES; page++) {
            oracle.mapped.add(page);
          }
        }
      }
      case 7 -> {
        for (long message : List.copyOf(messages.keySet())) {
          states.acknowledged(message);
          messages.getOrDefault(message, List.of()).forEach(oracle.leaving::remove);
          messages.remove(message);
        }
      }
      default -> {
        if (random.nextInt(10) == 0) {
          states.reset();
          oracle.ballooned.clear();
          oracle.leaving.clear();
          messages.clear();
        }
      }
    }
  }

  private static void deflate(
      Random random, Oracle oracle, MemoryStates states, Map<Long, List<Integer>> messages) {
    long message = random.nextInt(4);
    if (messages.containsKey(message)) {
      return;
    }
    List<Integer> leave = new ArrayList<>();
    for (int runs = random.nextInt(3); runs >= 0; runs--) {
      int[] run = run(random, oracle);
      states.deflated(oracle.pages.get(run[0]), oracle.pages.get(run[1] - 1) + 1);
      for (int page = run[0]; page < run[1]; page++) {
        if (oracle.ballooned.remove(page)) {
          oracle.leaving.add(page);
          leave.add(page);
        }
      }
    }
    states.deflateEnd(message);
    messages.put(message, leave);
  }

  /** A run of RAM that crosses no hole: it may end where two regions touch, or go on. */
  private static int[] run(Random random, Oracle oracle) {
    int first = random.nextInt(oracle.pages.size());
    int end = first + 1 + random.nextInt(1200);
    int hole = (int) Pages.ofBytes(6 * MIB);
    int last = first < hole ? hole : oracle.pages.size();
    return new int[] {first, Math.min(end, last)};
  }

  @Example
  void aPictureHasARowForEach2MibButNeverMoreThan256() throws Exception {
    for (long mib : new long[] {64, 512, 1024, 4096}) {
      try (SparseMemory memory =
          SparseMemory.allocate(List.of(GuestRange.ofLength(0, mib * MIB)))) {
        var rows = new MemoryRows(memory.guestMemory());
        assertEquals(Math.min(mib / 2, 256), rows.count());
        long[] pages = new long[rows.count()];
        Arrays.setAll(pages, rows::pages);
        assertEquals(mib * 256, Arrays.stream(pages).sum());
      }
    }
  }
}
