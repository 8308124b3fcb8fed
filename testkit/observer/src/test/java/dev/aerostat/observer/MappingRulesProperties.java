package dev.aerostat.observer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.IovaRange;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class MappingRulesProperties {
  private static final GuestMemory MEMORY = ObserverFixture.plain().memory;

  private record Mapping(long first, long end) {
    boolean overlaps(long otherFirst, long otherEnd) {
      return first < otherEnd && otherFirst < end;
    }

    boolean cutBy(long otherFirst, long otherEnd) {
      return overlaps(otherFirst, otherEnd) && (first < otherFirst || end > otherEnd);
    }
  }

  /** Two bits a page know as much as a list of all mappings. */
  @Property
  void overlapsAndCutsAreFoundAsInAListOfMappings(
      @ForAll @Size(max = 40) List<@LongRange(min = 0, max = 2 * 12 * 6 - 1) Long> calls) {
    var model = new Model(List.of());
    var live = new ArrayList<Mapping>();
    for (long call : calls) {
      long first = ObserverFixture.HIGH + call / 2 % 12;
      long end = first + 1 + call / 24;
      boolean map = call % 2 == 0;
      int expected = map ? mapBreaches(live, first, end) : unmapBreaches(live, first, end);
      if (map) {
        model.map(first, end);
      } else {
        model.unmap(first, end);
      }
      assertEquals(expected, model.log.count());
      if (expected > 0) {
        // An illegal call may leave any state behind: start again from the legal ones.
        model = new Model(live);
      } else if (map) {
        live.add(new Mapping(first, end));
      } else {
        live.removeIf(mapping -> mapping.overlaps(first, end));
      }
      assertEquals(live.size(), model.mappings.live());
    }
  }

  private static int mapBreaches(List<Mapping> live, long first, long end) {
    boolean overlap = live.stream().anyMatch(mapping -> mapping.overlaps(first, end));
    return (overlap ? 1 : 0) + (live.size() >= ObserverFixture.PLANNED ? 1 : 0);
  }

  private static int unmapBreaches(List<Mapping> live, long first, long end) {
    boolean nothing = live.stream().noneMatch(mapping -> mapping.overlaps(first, end));
    boolean cut = live.stream().anyMatch(mapping -> mapping.cutBy(first, end));
    return nothing || cut ? 1 : 0;
  }

  private static final class Model {
    private final ViolationLog log = new ViolationLog(() -> 0);
    private final ObservedMappings mappings = new ObservedMappings(MEMORY.pages());
    private final MappingRules rules =
        new MappingRules(new RamIndex(MEMORY), mappings, ObserverFixture.PLANNED, log);

    private Model(List<Mapping> live) {
      live.forEach(mapping -> map(mapping.first, mapping.end));
    }

    private void map(long first, long end) {
      var iova = new IovaRange(first << 12, end << 12);
      rules.checkMap(iova, MEMORY.region(1).hostAddress(iova.start()));
      rules.mapped(iova, 0);
    }

    private void unmap(long first, long end) {
      var iova = new IovaRange(first << 12, end << 12);
      rules.checkUnmap(iova);
      rules.unmapped(rules.unmapFirst(iova), rules.unmapEnd(iova));
    }
  }
}
