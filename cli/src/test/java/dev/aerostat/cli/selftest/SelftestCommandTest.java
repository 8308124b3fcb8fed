package dev.aerostat.cli.selftest;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.cli.text.Terminal;
import dev.aerostat.mapper.contract.MapperClause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.ForwardingMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelftestCommandTest {
  private static Invocation selftest(String... options) {
    String[] args = new String[1 + options.length];
    args[0] = "selftest";
    System.arraycopy(options, 0, args, 1, options.length);
    return Invocation.of(FakeSimulator.smooth(), args);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dma-entry-limit=100", "rules=iommufd"})
  void tellsOfTheHostAndOfEachClause(String rules) {
    Invocation invocation = selftest("--mapper-option", rules);
    String out = invocation.out();
    assertAll(
        () -> assertEquals(0, invocation.exitCode(), invocation.err()),
        () -> assertTrue(out.contains("kernel  " + System.getProperty("os.name")), out),
        () -> assertTrue(out.contains("mapper  sim " + rules), out),
        () -> assertTrue(out.contains("page sizes  4 KiB, 2 MiB, 1 GiB"), out),
        () -> assertTrue(out.contains("verdict  passed: "), out),
        () ->
            assertEquals(
                MapperClause.values().length,
                out.lines().filter(line -> line.matches(" +(passed|n/a)  .*")).count(),
                out));
  }

  @Test
  void aHostThatFailsIsSaidToFailAndWhatWasSeen() {
    Invocation invocation =
        selftest("--mapper-option", "fail=map:nth=1", "--mapper-option", "dma-entry-limit=100");
    String out = invocation.out();
    assertAll(
        () -> assertEquals(1, invocation.exitCode()),
        () ->
            assertTrue(
                out.contains(
                    "FAILED  what was mapped can be unmapped\n            expected no refusal, saw: MAP"),
                out),
        () ->
            assertTrue(
                invocation.err().startsWith("aerostat: mapper 'sim' breaks "), invocation.err()));
  }

  @Test
  void theStackTraceIsOfWhatThePluginThrew() {
    Invocation invocation = selftest("--mapper-option", "fail=map:nth=1", "--stacktrace");
    assertTrue(
        invocation
            .err()
            .matches(
                "(?s).*Suppressed: dev.aerostat.api.HostRefusedException.*at .*SimulatedMapper.map.*"),
        invocation.err());
  }

  @Test
  void aProcessThatMayLockTooLittleIsNoFaultOfTheMapper() {
    Invocation invocation =
        selftest("--mapper-option", "memlock=64K", "--mapper-option", "dma-entry-limit=100");
    assertEquals(0, invocation.exitCode(), invocation.err());
    assertTrue(invocation.out().contains("RLIMIT_MEMLOCK is 65536 bytes"), invocation.out());
  }

  @Test
  void aMapperThatIsNotAvailableHasItsHostTold() {
    Selftest selftest =
        Selftest.of(
            new TestedHost("Linux", "25", "vfio", Map.of(), false, "no IOMMU", "8 MiB"),
            SelftestCommandTest::sloppy,
            () -> {});
    String story = SelftestText.of(selftest, Terminal.UNLIMITED);
    assertTrue(story.contains("not available: no IOMMU"), story);
    assertTrue(story.contains("verdict  failed: mapper 'vfio' is not available: no IOMMU"), story);
    assertTrue(SelftestJson.of(selftest).contains("\"limits\": null"), story);
  }

  @Test
  void aMapperThatLiesIsCaughtAndItsWordsAreInTheJson() {
    Selftest selftest =
        Selftest.of(
            new TestedHost("Linux", "25", "sloppy", Map.of(), true, "here", "8 MiB"),
            SelftestCommandTest::sloppy,
            () -> {});
    String json = SelftestJson.of(selftest);
    assertTrue(selftest.failure().orElseThrow().startsWith("mapper 'sloppy' breaks "), json);
    assertTrue(json.contains("saw 8192\""), json);
  }

  @Test
  void writesWhatIsNotThereAsNull() {
    String json = selftest("--json", "--mapper-option", "dma-entry-limit=100").out();
    assertTrue(json.startsWith("{"), json);
    assertTrue(json.contains("\"failed\": 0"), json);
    assertTrue(json.contains("\"detail\": null"), json);
    assertTrue(json.contains("\"entriesLeft\": 100"), json);
  }

  @Test
  void devicesBecomeTheMappersOption() {
    assertEquals(
        new Invocation(2, "", "aerostat: mapper 'sim' has no option 'device'"),
        firstWords(selftest("--device", "0000:00:05.0", "--device", "0000:00:06.0")));
  }

  private static Invocation firstWords(Invocation invocation) {
    String err = invocation.err();
    int end = err.indexOf("'device'") + "'device'".length();
    return new Invocation(invocation.exitCode(), invocation.out(), err.substring(0, end));
  }

  /** One that reports half of each unmap. */
  private static DmaMapper sloppy(GuestMemory memory) throws HostRefusedException {
    DmaMapper mapper =
        MapperProvider.named("sim")
            .orElseThrow()
            .open(new MapperRequest(memory, Map.of("dma-entry-limit", "100"), 1, nanos -> {}));
    return new ForwardingMapper(mapper) {
      @Override
      public long unmap(IovaRange iova) throws HostRefusedException {
        return super.unmap(iova) / 2;
      }
    };
  }
}
