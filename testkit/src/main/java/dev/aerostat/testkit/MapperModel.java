package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.HostRefusedException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a mapper must answer, from a sorted map of first page to end page. */
final class MapperModel {
  private final MapperSubject subject;
  private final TreeMap<Integer, Integer> mappings = new TreeMap<>();

  MapperModel(MapperSubject subject) {
    this.subject = subject;
  }

  void make(MapperCall call) throws HostRefusedException {
    switch (call.operation()) {
      case MAP -> map(call);
      case UNMAP -> unmap(call);
      case ATTACH, POPULATE, DISCARD ->
          throw new IllegalArgumentException("not a mapper's: " + call);
    }
    subject.assertEntriesTaken(mappings.size());
  }

  void assertSame() throws HostRefusedException {
    int pages = mappings.entrySet().stream().mapToInt(MapperModel::pages).sum();
    assertEquals(subject.bytes(pages), subject.mapper().unmapAll(), "bytes of all mappings");
    subject.assertEntriesTaken(0);
  }

  private void map(MapperCall call) throws HostRefusedException {
    if (touchedBy(call).isEmpty()) {
      subject.map(call.firstPage(), call.pages());
      mappings.put(call.firstPage(), call.endPage());
    } else {
      subject.assertOverlap(call.firstPage(), call.pages());
    }
  }

  private void unmap(MapperCall call) throws HostRefusedException {
    List<Map.Entry<Integer, Integer>> touched = touchedBy(call);
    List<Map.Entry<Integer, Integer>> whole =
        touched.stream().filter(mapping -> encloses(call, mapping)).toList();
    if (touched.isEmpty()) {
      subject.assertNothingMapped(call.firstPage(), call.pages());
    } else if (whole.size() < touched.size()) {
      HostRefusedException refusal = subject.assertSplit(call.firstPage(), call.pages());
      if (refusal.state() == HostRefusedException.State.PARTIAL) {
        forget(whole);
      }
    } else {
      int pages = whole.stream().mapToInt(MapperModel::pages).sum();
      assertEquals(subject.bytes(pages), subject.unmap(call.firstPage(), call.pages()));
      whole.forEach(mapping -> mappings.remove(mapping.getKey()));
    }
  }

  /** A partial unmap took some of these mappings away, nobody knows which: takes the rest too. */
  private void forget(List<Map.Entry<Integer, Integer>> whole) {
    for (Map.Entry<Integer, Integer> mapping : whole) {
      try {
        long _ = subject.unmap(mapping.getKey(), pages(mapping));
      } catch (HostRefusedException gone) {
        assertEquals(HostRefusedException.State.UNCHANGED, gone.state());
      }
      mappings.remove(mapping.getKey());
    }
  }

  private List<Map.Entry<Integer, Integer>> touchedBy(MapperCall call) {
    return mappings.entrySet().stream()
        .filter(m -> m.getKey() < call.endPage() && call.firstPage() < m.getValue())
        .map(Map.Entry::copyOf)
        .toList();
  }

  private static boolean encloses(MapperCall call, Map.Entry<Integer, Integer> mapping) {
    return call.firstPage() <= mapping.getKey() && mapping.getValue() <= call.endPage();
  }

  private static int pages(Map.Entry<Integer, Integer> mapping) {
    return mapping.getValue() - mapping.getKey();
  }
}
