package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostRefusedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a mapper must answer, from a sorted map of first page to end page, and of each page where
 * its memory is.
 */
final class MapperModel {
  private final MapperSubject subject;
  private final TreeMap<Integer, Integer> mappings = new TreeMap<>();
  private final Map<Integer, Integer> hostPages = new HashMap<>();

  MapperModel(MapperSubject subject) {
    this.subject = subject;
  }

  void make(ModelledCall call) throws HostRefusedException {
    if (call.map()) {
      map(call);
    } else {
      unmap(call);
    }
    subject.requireEntriesTaken(mappings.size());
    for (Map.Entry<Integer, Integer> mapping : mappings.entrySet()) {
      int first = mapping.getKey();
      subject.requireReads(subject.iova(first, pages(mapping)), hostPages.getOrDefault(first, 0));
    }
  }

  void requireSame() throws HostRefusedException {
    int pages = mappings.entrySet().stream().mapToInt(MapperModel::pages).sum();
    subject.requireUnmapAllOf(pages);
    subject.requireEntriesTaken(0);
  }

  private void map(ModelledCall call) throws HostRefusedException {
    if (touchedBy(call).isEmpty()) {
      subject.map(call.firstPage(), call.pages(), call.hostPage());
      mappings.put(call.firstPage(), call.endPage());
      hostPages.put(call.firstPage(), call.hostPage());
    } else {
      subject.requireOverlap(call.firstPage(), call.pages());
    }
  }

  private void unmap(ModelledCall call) throws HostRefusedException {
    List<Map.Entry<Integer, Integer>> touched = touchedBy(call);
    List<Map.Entry<Integer, Integer>> whole =
        touched.stream().filter(mapping -> encloses(call, mapping)).toList();
    if (touched.isEmpty()) {
      subject.requireNothingMapped(call.firstPage(), call.pages());
    } else if (whole.size() < touched.size()) {
      HostRefusedException refusal = subject.requireSplit(call.firstPage(), call.pages());
      if (refusal.state() == HostRefusedException.State.PARTIAL) {
        forget(whole);
      }
    } else {
      int pages = whole.stream().mapToInt(MapperModel::pages).sum();
      subject.requireUnmapOf(pages, call.firstPage(), call.pages());
      whole.forEach(mapping -> mappings.remove(mapping.getKey()));
    }
  }

  /** A partial unmap took some of these mappings away, nobody knows which: takes the rest too. */
  private void forget(List<Map.Entry<Integer, Integer>> whole) {
    for (Map.Entry<Integer, Integer> mapping : whole) {
      try {
        long _ = subject.unmap(mapping.getKey(), pages(mapping));
      } catch (HostRefusedException gone) {
        BrokenClauseError.unlessEqual(
            "the state after a refusal", HostRefusedException.State.UNCHANGED, gone.state());
      }
      mappings.remove(mapping.getKey());
    }
  }

  private List<Map.Entry<Integer, Integer>> touchedBy(ModelledCall call) {
    return mappings.entrySet().stream()
        .filter(m -> m.getKey() < call.endPage() && call.firstPage() < m.getValue())
        .map(Map.Entry::copyOf)
        .toList();
  }

  private static boolean encloses(ModelledCall call, Map.Entry<Integer, Integer> mapping) {
    return call.firstPage() <= mapping.getKey() && mapping.getValue() <= call.endPage();
  }

  private static int pages(Map.Entry<Integer, Integer> mapping) {
    return mapping.getValue() - mapping.getKey();
  }
}
