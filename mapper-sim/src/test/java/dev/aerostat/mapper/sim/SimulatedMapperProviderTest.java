package dev.aerostat.mapper.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.sim.FaultOrder.AtRate;
import dev.aerostat.mapper.sim.FaultOrder.FromCall;
import dev.aerostat.mapper.sim.FaultOrder.Touching;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperProvider;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedMapperProviderTest {
  private static final String KNOWN = "dma-entry-limit, fail, iova-hole, memlock, rules";

  @Test
  void serviceLoaderFindsItByName() throws HostRefusedException {
    InstalledMapper sim = MapperProvider.named("sim").orElseThrow();
    var available = assertInstanceOf(MapperAvailability.Available.class, sim.availability());
    assertTrue(available.detail().contains(KNOWN), available.detail());
    assertTrue(sim.simulated(), "it spends its time on the request's meter");
    try (var guest = new UntouchedGuest(1 << 20);
        DmaMapper mapper = sim.open(guest.request(1, Map.of("dma-entry-limit", "512")))) {
      assertEquals(512, mapper.limits().entriesLeft());
    }
  }

  @Test
  void withoutOptionsTheHostIsTypical() {
    assertEquals(SimulatedHost.typical(), SimulatedHost.fromOptions(Map.of()));
  }

  @Test
  void optionsChangeTheHost() {
    SimulatedHost host =
        SimulatedHost.fromOptions(
            Map.of("rules", "iommufd", "memlock", "64M", "iova-hole", "2G-3G,0x0-0x1000"));
    assertEquals(KernelRules.IOMMUFD, host.rules());
    assertEquals(OptionalLong.of(64 << 20), host.memlockBytes());
    assertEquals(new IovaRange(0x1000, 2L << 30), host.iovaRanges().getFirst());
    assertEquals(new IovaRange(3L << 30, 0xfee0_0000L), host.iovaRanges().get(1));
  }

  @ParameterizedTest
  @CsvSource({
    "65536, 65536",
    "0x10000, 65536",
    "010, 10",
    "64k, 65536",
    "64M, 67108864",
    "1G, 1073741824",
    "2T, 2199023255552",
    "0, 0"
  })
  void sizesMayHaveASuffix(String text, long bytes) {
    assertEquals(
        OptionalLong.of(bytes), SimulatedHost.fromOptions(Map.of("memlock", text)).memlockBytes());
  }

  @Test
  void faultsAreOrderedInOneLine() {
    String text =
        "map:nth=3,populate:range=0x100000000-0x140000000:times=2,unmap:rate=0.01:seed=7,"
            + "discard:nth=1:times=forever";
    assertEquals(
        List.of(
            new FaultOrder(HostOperation.MAP, new FromCall(3), 1),
            new FaultOrder(
                HostOperation.POPULATE,
                new Touching(new GuestRange(0x1_0000_0000L, 0x1_4000_0000L)),
                2),
            new FaultOrder(HostOperation.UNMAP, new AtRate(0.01, 7), FaultOrder.FOREVER),
            new FaultOrder(HostOperation.DISCARD, new FromCall(1), FaultOrder.FOREVER)),
        SimulatedHost.fromOptions(Map.of("fail", text)).faults());
  }

  @Test
  void anUnknownOptionIsRefusedWithTheKnownOnes() {
    assertRefused("mem-lock", "1G", "mapper 'sim' has no option 'mem-lock'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "64Q", "1.5G", "9999999999999999999", "9999999T", "G"})
  void aSizeThatIsNoneIsRefused(String size) {
    assertRefused("memlock", size, "option memlock=" + size + " ", "expected a size in bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-5", "many", "4294967296", "1k"})
  void anEntryLimitThatIsNoneIsRefused(String limit) {
    assertRefused("dma-entry-limit", limit, "expected a number of mappings");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1G", "2G-1G", "1-2", "0-512T", "1G-2G,"})
  void aHoleThatIsNoneIsRefused(String hole) {
    assertRefused("iova-hole", hole, "expected START-END");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "map",
        "boil:nth=1",
        "map:nth=0",
        "map:nth=x",
        "map:nth=1:nth=2",
        "map:nth=1:rate=0.5",
        "map:nth=1:seed=4",
        "map:seed=4",
        "map:rate=1.1",
        "map:rate=NaN",
        "map:rate=often",
        "map:range=0-1",
        "map:often",
        "map:nth=1:times=0",
        "map:nth=1,",
        "map:nth=1:when=now"
      })
  void aFaultThatIsNoneIsRefused(String fault) {
    assertRefused("fail", fault, "expected OPERATION:KEY=VALUE");
  }

  @Test
  void unknownRulesAreRefused() {
    assertRefused("rules", "type1", "expected type1v2 or iommufd");
  }

  @Test
  void anEntryLimitMeansNothingToIommufd() {
    var options = Map.of("rules", "iommufd", "dma-entry-limit", "512");
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> SimulatedHost.fromOptions(options));
    assertTrue(String.valueOf(refusal.getMessage()).contains("leave one of the two out"));
  }

  private static void assertRefused(String option, String value, String... expected) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> SimulatedHost.fromOptions(Map.of(option, value)));
    String message = String.valueOf(refusal.getMessage());
    for (String part : expected) {
      assertTrue(message.contains(part), message);
    }
    assertTrue(message.contains("known options: " + KNOWN), message);
  }
}
