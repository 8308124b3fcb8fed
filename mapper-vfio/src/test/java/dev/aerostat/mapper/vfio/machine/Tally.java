package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each outcome was seen: a comparison of refusals alone, or of none, says little. */
final class Tally {
  private static final List<String> EXPECTED =
      List.of("done", "BadHostAddress", "EntryLimit", "IovaHole", "Overlap", "WouldSplit");

  private final Map<String, Integer> counts = new TreeMap<>();

  void count(Outcome outcome) {
    counts.merge(outcome.name(), 1, Integer::sum);
  }

  void assertEveryOutcomeWasSeen() {
    assertTrue(counts.keySet().containsAll(EXPECTED), () -> "only saw " + counts);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
