package dev.aerostat.guest.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Holds the simulated guest against what a stock driver sent: Debian's kernel 6.1 in a guest of 1
 * GiB, asked for 768 MiB and given them back in four steps.
 */
class TraceLikenessTest {
  private static final String TRACE = "/m1-k61-boot.trace.gz";
  private static final int[] TARGETS = {196608, 147456, 98304, 49152, 0};

  private record Message(boolean inflate, List<Long> pfns) {
    /** Runs of neighbours, and of those the ones that go the given way. */
    int runs() {
      int runs = 1;
      for (int i = 1; i < pfns.size(); i++) {
        long step = pfns.get(i) - pfns.get(i - 1);
        runs += step == (inflate ? -1 : 1) ? 0 : 1;
      }
      return runs;
    }
  }

  private List<Message> recorded = List.of();
  private List<Message> simulated = List.of();

  @BeforeEach
  void readAndSimulate() throws IOException {
    recorded = read();
    simulated = simulate();
  }

  @Test
  void thereAreAsManyMessagesOfAsManyPages() {
    assertEquals(sizes(recorded), sizes(simulated));
  }

  @Test
  void runsAreAboutAsLongAndGoTheSameWay() {
    assertEquals(244.5, meanRun(recorded), 12);
    assertEquals(meanRun(recorded), meanRun(simulated), 15);
  }

  @Test
  void theDeflateIsTheInflateReversedInBoth() {
    assertEquals(pfns(recorded, false), pfns(recorded, true).reversed());
    assertEquals(pfns(simulated, false), pfns(simulated, true).reversed());
  }

  @Test
  void nearlyEveryMessageStepsAgainstTheWayItsPagesAreNamed() {
    assertTrue(steppingUp(recorded) > 0.95);
    assertTrue(steppingUp(simulated) > 0.95);
  }

  @Test
  void whatIsNotAskedForIsLeftAtTheTopOfItsZone() {
    assertTrue(ballooned(recorded, 20, 840) > 0.9);
    assertTrue(ballooned(simulated, 20, 840) > 0.9);
    assertTrue(ballooned(recorded, 860, 1000) < 0.01);
    assertTrue(ballooned(simulated, 860, 1000) < 0.01);
  }

  /** Share of the pages between two addresses, in MiB, that were inflated. */
  private static double ballooned(List<Message> messages, long from, long to) {
    long pages =
        pfns(messages, true).stream().filter(pfn -> pfn >= from * 256 && pfn < to * 256).count();
    return (double) pages / ((to - from) * 256);
  }

  /** Share of inflate messages that begin where the message before them ended, upwards. */
  private static double steppingUp(List<Message> messages) {
    var inflates = messages.stream().filter(Message::inflate).toList();
    int up = 0;
    for (int i = 1; i < inflates.size(); i++) {
      long end = inflates.get(i - 1).pfns().getFirst() + 1;
      up += inflates.get(i).pfns().getLast() == end ? 1 : 0;
    }
    return (double) up / inflates.size();
  }

  private static double meanRun(List<Message> messages) {
    var inflates = messages.stream().filter(Message::inflate).toList();
    double pages = inflates.stream().mapToInt(message -> message.pfns().size()).sum();
    return pages / inflates.stream().mapToInt(Message::runs).sum();
  }

  private static List<Integer> sizes(List<Message> messages) {
    return messages.stream()
        .map(message -> message.inflate() ? message.pfns().size() : -message.pfns().size())
        .toList();
  }

  private static List<Long> pfns(List<Message> messages, boolean inflate) {
    return messages.stream()
        .filter(message -> message.inflate() == inflate)
        .flatMap(message -> message.pfns().stream())
        .toList();
  }

  private static List<Message> simulate() {
    try (var lab = new Lab(Lab.GIB, GuestProfile.linux())) {
      lab.guest.load();
      for (int target : TARGETS) {
        lab.device.setTarget(target);
        lab.clock.run();
      }
      return lab.messages().stream()
          .map(message -> new Message(message.queue() == BalloonQueue.INFLATE, message.pfns()))
          .toList();
    }
  }

  private static List<Message> read() throws IOException {
    var messages = new ArrayList<Message>();
    var stream = Objects.requireNonNull(TraceLikenessTest.class.getResourceAsStream(TRACE));
    try (var reader =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.US_ASCII))) {
      for (String line : reader.lines().filter(line -> !line.contains("#")).toList()) {
        List<String> words = List.of(line.split(" "));
        switch (words.get(1)) {
          case "M" -> messages.add(new Message(words.get(2).equals("I"), new ArrayList<>()));
          case "I", "D" -> addRun(messages.getLast(), words);
          default -> {}
        }
      }
    }
    return messages;
  }

  private static void addRun(Message message, List<String> words) {
    long first = Long.parseLong(words.get(2), 16);
    int count = Integer.parseInt(words.get(3));
    for (int i = 0; i < Math.abs(count); i++) {
      message.pfns().add(first + (long) i * Integer.signum(count));
    }
  }
}
