package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FillOrderTest {
  private static final long GIB = 1L << 30;

  @Test
  void theZoneBelowFourGibibytesComesFirstThenTheRestFromTheTopDown() throws IOException {
    var ranges = List.of(new GuestRange(0, 2 * GIB), new GuestRange(4 * GIB, 7 * GIB));
    try (SparseMemory memory = SparseMemory.allocate(ranges)) {
      var order = new FillOrder(Granules.of(memory.guestMemory(), GIB));
      assertEquals(List.of(0, 1, 4, 3, 2), granules(order));
    }
  }

  @Test
  void everyGranuleComesOnce() {
    for (var memory : List.of(Setup.memory(3, 61, 64, 70), Setup.memory(1 << 20, (1 << 20) + 40))) {
      var granules = Granules.of(memory, 1 << 14);
      var order = new FillOrder(granules);
      assertEquals(granules.count(), order.count());
      assertTrue(IntStream.range(0, granules.count()).allMatch(it -> granules(order).contains(it)));
    }
  }

  private static List<Integer> granules(FillOrder order) {
    return IntStream.range(0, order.count()).map(order::granuleAt).boxed().toList();
  }
}
