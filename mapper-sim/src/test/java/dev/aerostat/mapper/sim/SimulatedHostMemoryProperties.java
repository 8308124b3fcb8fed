package dev.aerostat.mapper.sim;

import static dev.aerostat.api.HostOperation.DISCARD;
import static dev.aerostat.api.HostOperation.MAP;
import static dev.aerostat.api.HostOperation.POPULATE;
import static dev.aerostat.api.HostOperation.UNMAP;
import static dev.aerostat.mapper.sim.UntouchedGuest.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

final class SimulatedHostMemoryProperties {
  private static final int PAGES = 64;
  private static final int LOCKABLE = 24;

  @Property
  void costsAndLockedMemoryFollowFromWhatIsPopulatedAndMapped(
      @ForAll("calls") List<Call> calls, @ForAll @IntRange(min = 1, max = 12) int threads)
      throws HostRefusedException {
    var host = SimulatedHost.typical().withMemlock(LOCKABLE * PAGE);
    try (var guest = new UntouchedGuest(PAGES * PAGE);
        var mapper = guest.open(host, threads)) {
      var model = new Model(host.costs(), threads);
      for (Call call : calls) {
        assertEquals(model.expectedCost(call), spentOn(call, mapper, guest), call::toString);
        assertEquals(model.populated.cardinality() * PAGE, mapper.hostMemory().populatedBytes());
        assertEquals(model.locked * PAGE, mapper.hostMemory().lockedBytes());
      }
    }
  }

  private static long spentOn(Call call, SimulatedMapper mapper, UntouchedGuest guest) {
    long start = call.first * PAGE;
    long bytes = call.pages() * PAGE;
    try {
      switch (call.operation) {
        case MAP -> mapper.map(IovaRange.ofLength(start, bytes), guest.at(start));
        case UNMAP -> mapper.unmap(IovaRange.ofLength(start, bytes));
        case ATTACH -> throw new IllegalArgumentException("a simulated host needs no device");
        case POPULATE -> mapper.hostMemory().populate(guest.at(start), bytes);
        case DISCARD -> mapper.hostMemory().discard(guest.at(start), bytes);
      }
    } catch (HostRefusedException refusal) {
      // The model knows what a refusal costs and leaves behind.
    }
    return guest.spent();
  }

  @Provide
  Arbitrary<List<Call>> calls() {
    return Combinators.combine(
            Arbitraries.of(MAP, UNMAP, POPULATE, DISCARD),
            Arbitraries.integers().between(0, PAGES - 1),
            Arbitraries.integers().between(1, 20))
        .as((operation, first, pages) -> new Call(operation, first, Math.min(PAGES, first + pages)))
        .list()
        .ofMaxSize(40);
  }

  record Call(HostOperation operation, int first, int end) {
    private int pages() {
      return end - first;
    }
  }

  private static final class Model {
    private final HostCosts costs;
    private final int threads;
    private final BitSet populated = new BitSet();
    private final TreeMap<Integer, Integer> mappings = new TreeMap<>();
    private long locked;

    private Model(HostCosts costs, int threads) {
      this.costs = costs;
      this.threads = threads;
    }

    private long expectedCost(Call call) {
      return switch (call.operation) {
        case MAP -> map(call);
        case UNMAP -> unmap(call);
        case ATTACH -> 0;
        case POPULATE -> costs.populate(touch(call.first, call.end), threads);
        case DISCARD -> {
          int before = populated.cardinality();
          populated.clear(call.first, call.end);
          yield costs.discard(before - populated.cardinality());
        }
      };
    }

    private long map(Call call) {
      if (touched(call).findAny().isPresent()) {
        return costs.map(0, 0);
      }
      long lockable = Math.min(call.pages(), LOCKABLE - locked);
      if (lockable == call.pages()) {
        mappings.put(call.first, call.end);
        locked += lockable;
      }
      return costs.map(lockable, touch(call.first, call.first + (int) lockable));
    }

    private long unmap(Call call) {
      List<Map.Entry<Integer, Integer>> inside = touched(call).map(Map.Entry::copyOf).toList();
      if (inside.stream().anyMatch(m -> m.getKey() < call.first || m.getValue() > call.end)) {
        return 0;
      }
      long pages = inside.stream().mapToInt(m -> m.getValue() - m.getKey()).sum();
      inside.forEach(m -> mappings.remove(m.getKey()));
      locked -= pages;
      return costs.unmap(inside.size(), pages);
    }

    private Stream<Map.Entry<Integer, Integer>> touched(Call call) {
      return mappings.entrySet().stream()
          .filter(m -> m.getKey() < call.end && call.first < m.getValue());
    }

    private int touch(int first, int end) {
      int before = populated.cardinality();
      populated.set(first, end);
      return populated.cardinality() - before;
    }
  }
}
