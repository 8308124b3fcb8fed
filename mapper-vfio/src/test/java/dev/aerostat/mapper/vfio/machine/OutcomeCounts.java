package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.mapper.vfio.VfioBackend;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each outcome was seen: a comparison of refusals alone, or of none, shows little. */
final class OutcomeCounts {
  private final Map<String, Integer> counts = new TreeMap<>();

  void count(Outcome outcome) {
    counts.merge(outcome.name(), 1, Integer::sum);
  }

  void assertEveryOutcomeWasSeen(VfioBackend backend) {
    assertTrue(counts.keySet().containsAll(all(backend)), () -> "only saw " + counts);
  }

  private static List<String> all(VfioBackend backend) {
    String own =
        switch (backend) {
          case TYPE1 -> "EntryLimit";
          case IOMMUFD -> "NotMapped";
        };
    return List.of("done", "BadHostAddress", "IovaHole", "Overlap", "WouldSplit", own);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
