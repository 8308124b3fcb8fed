package dev.aerostat.simulation;

import static dev.aerostat.simulation.Scenarios.GIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.simulation.trace.TraceLine;
import dev.aerostat.simulation.trace.TraceLine.Direction;
import dev.aerostat.simulation.trace.TraceLine.Message;
import dev.aerostat.simulation.trace.TraceLine.PageRun;
import dev.aerostat.simulation.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Mapping and inflating meet: when the gate opens hardly more is mapped than must be, had one known
 * in what order the guest balloons.
 */
class MeetInTheMiddleProperties {
  private static final int MESSAGE = 256;
  private static final int BLOCK = 1024;
  private static final int SECTION = 32 * BLOCK;
  private static final long MESSAGE_NANOS = 1000;

  private static final Map<String, Recorded> RECORDINGS = new HashMap<>();

  private record Recorded(List<GuestRange> ram, List<Message> inflates) {}

  @Property(tries = 60)
  void aRecordedGuestFindsNoMoreMappedThanItMust(
      @ForAll @From("boots") String recording, @ForAll @From("paces") Pace pace)
      throws IOException {
    Recorded recorded = recorded(recording);
    try (SparseMemory memory = SparseMemory.allocate(recorded.ram())) {
      assertMeets(pace.race(memory, recorded.inflates()), 0);
    }
  }

  @Property(tries = 60)
  void aGuestWhoseProcessorsInterleaveItsBlocksFindsLittleMore(
      @ForAll @IntRange(min = 2, max = 16) int gib,
      @ForAll @IntRange(min = 1, max = 64) int processors,
      @ForAll @From("paces") Pace pace)
      throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(GuestLayout.q35(gib * GIB))) {
      Race race = pace.race(memory, interleaved(gib, processors));
      // Where they meet, they meet in several parts at a time.
      assertMeets(race, race.granules().count() / 16);
    }
  }

  /** Of the kernel's own, nobody can know before the guest has passed it over. */
  private static void assertMeets(Race race, int spare) {
    int mapped = race.mappedAtGate();
    int best = race.mappedAtGateAtBest();
    int underWay = 2 * race.workers();
    int bound = best + underWay + race.largestHole() + spare;
    assertTrue(
        mapped <= bound,
        () -> "%d granules are mapped at the gate, at best %d".formatted(mapped, best));
  }

  /**
   * How fast the two come towards each other.
   *
   * @param percent how fast memory is mapped, of how fast it is ballooned
   * @param headStart messages' worth of time that the host maps before the guest begins
   */
  record Pace(int percent, int headStart, int workers, long granuleBytes) {
    Race race(SparseMemory memory, List<Message> messages) {
      long granuleMessages = Pages.ofBytes(granuleBytes) / MESSAGE;
      return new Race(
          Granules.of(memory.guestMemory(), granuleBytes),
          messages,
          workers,
          100 * MESSAGE_NANOS * workers * granuleMessages / percent,
          MESSAGE_NANOS,
          headStart * MESSAGE_NANOS);
    }
  }

  /** Memory that is mapped when the gate opens, in MiB, with one worker and no head start. */
  @ParameterizedTest
  @CsvSource({
    "m1-k61-boot,100,512",
    "m2-k612-boot,100,1030",
    "m4-k61-boot,100,2124",
    "m4-k612-boot,100,2120",
    "m1-k61-boot,30,266",
    "m2-k612-boot,30,472",
    "m4-k61-boot,30,948",
    "m4-k612-boot,30,946",
    "m2-k612-frag,100,1356"
  })
  void whatIsMappedAtTheGate(String recording, int percent, long mib) throws IOException {
    Recorded recorded = recorded(recording);
    try (SparseMemory memory = SparseMemory.allocate(recorded.ram())) {
      Race race = new Pace(percent, 0, 1, 2 << 20).race(memory, recorded.inflates());
      assertEquals(mib, 2L * race.mappedAtGate(), "at best " + 2L * race.mappedAtGateAtBest());
    }
  }

  /**
   * What a guest of several processors sends (deferred_init_memmap in Linux's mm/mm_init.c): from 4
   * GiB up parts of 128 MiB or more, as many side by side as there are processors, a block of 4 MiB
   * of each by turns; then the zone below upwards, as far as 256 MiB from its top.
   */
  private static List<Message> interleaved(int gib, int processors) {
    var messages = new ArrayList<Message>();
    long high = Pages.ofBytes(4 * GIB);
    long pages = Pages.ofBytes((gib - 2) * GIB) * 63 / 64;
    long workers = Math.clamp(pages / SECTION, 1, processors);
    long part = Math.max(SECTION, pages / (4 * workers) / BLOCK * BLOCK);
    for (long round = 0; round < pages; round += workers * part) {
      for (long block = 0; block < part; block += BLOCK) {
        for (long own = round + block; own < round + workers * part; own += part) {
          inflate(messages, high + own, high + Math.min(own + BLOCK, pages));
        }
      }
    }
    inflate(messages, Pages.ofBytes(20L << 20), Pages.ofBytes(2 * GIB - (256L << 20)));
    return messages;
  }

  private static void inflate(List<Message> messages, long firstPage, long endPage) {
    for (long page = firstPage; page < endPage; page += MESSAGE) {
      int count = (int) Math.min(MESSAGE, endPage - page);
      var run = new PageRun(page + count - 1, -count);
      messages.add(new Message(0, Direction.INFLATE, count, List.of(run)));
    }
  }

  private static Recorded recorded(String name) throws IOException {
    Recorded known = RECORDINGS.get(name);
    if (known == null) {
      known = read(name);
      RECORDINGS.put(name, known);
    }
    return known;
  }

  /** Reads the messages up to the first deflate. */
  private static Recorded read(String name) throws IOException {
    var resource = MeetInTheMiddleProperties.class.getResource("/traces/" + name + ".trace.gz");
    Path file = Path.of(Objects.requireNonNull(resource, name).getPath());
    var inflates = new ArrayList<Message>();
    try (TraceReader trace = TraceReader.open(file)) {
      for (TraceLine line : lines(trace)) {
        if (line instanceof Message message) {
          if (message.direction() == Direction.DEFLATE) {
            break;
          }
          inflates.add(message);
        }
      }
      return new Recorded(trace.header().ram(), inflates);
    }
  }

  private static List<TraceLine> lines(TraceReader trace) throws IOException {
    var lines = new ArrayList<TraceLine>();
    for (var line = trace.next(); line.isPresent(); line = trace.next()) {
      lines.add(line.get());
    }
    return lines;
  }

  @Provide
  Arbitrary<String> boots() {
    return Arbitraries.of("m1-k61-boot", "m2-k612-boot", "m4-k61-boot", "m4-k612-boot");
  }

  @Provide
  Arbitrary<Pace> paces() {
    return Combinators.combine(
            Arbitraries.integers().between(5, 500),
            Arbitraries.integers().between(0, 800),
            Arbitraries.integers().between(1, 8),
            Arbitraries.of(2L << 20, 4L << 20, 8L << 20))
        .as(Pace::new);
  }
}
