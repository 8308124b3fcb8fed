package dev.aerostat.examples;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.SparseMemory;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class ExamplesTest {
  private static final long MIB = 1 << 20;

  @Test
  void aPluginIsFoundByItsNameBesideTheOthers() {
    List<String> names = MapperProvider.installed().stream().map(InstalledMapper::name).toList();
    assertTrue(names.containsAll(List.of("sim", "table")), () -> "found " + names);
  }

  @Test
  void aPluginRefusesOptionsThatItDoesNotKnow() throws Exception {
    try (SparseMemory memory = ExampleGuests.ofBytes(2 * MIB)) {
      var request = new MapperRequest(memory.guestMemory(), Map.of("a", "b"), 1, nanos -> {});
      var refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> MapperProvider.named("table").orElseThrow().open(request));
      assertTrue(String.valueOf(refusal.getMessage()).contains("{a=b}"), refusal::getMessage);
    }
  }
}
