package dev.aerostat.mapper.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MemoryRegion;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MapperProviderTest {
  private static final String NAMELESS = BadProviders.HasNoName.class.getName();

  private final GuestMemory memory =
      GuestMemory.of(
          List.of(new MemoryRegion(new GuestRange(0, 4096), Arena.ofAuto().allocate(4096, 4096))));

  @Test
  void allPluginsAreFoundSortedByNameThoseWithoutANameByTheirClass() {
    assertEquals(
        List.of(
            "?",
            NAMELESS,
            "fails-to-answer",
            "good",
            "lacks-a-class",
            "picky",
            "returns-nothing",
            "throws-an-error",
            "throws-when-made",
            "unavailable"),
        MapperProvider.installed().stream().map(InstalledMapper::toString).toList());
  }

  @Test
  void findingInitialisesNothing() {
    int made = GoodProvider.MADE.get();
    InstalledMapper good = MapperProvider.named("good").orElseThrow();
    assertEquals(made, GoodProvider.MADE.get());
    assertEquals(new MapperAvailability.Available("always"), good.availability());
    assertTrue(GoodProvider.MADE.get() > made);
  }

  @Test
  void aPluginKnowsItsClassAndWhereThatWasFound() {
    InstalledMapper good = MapperProvider.named("good").orElseThrow();
    assertEquals(GoodProvider.class.getName(), good.provider());
    assertTrue(
        Files.isDirectory(Path.of(good.location().orElseThrow())), good.location()::toString);
    InstalledMapper missing = MapperProvider.named("?").orElseThrow();
    assertEquals("?", missing.provider());
    assertTrue(missing.location().isEmpty());
  }

  @Test
  void onlyPluginsThatTheThreadsLoaderSeesAreFound() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertEquals(List.of(), MapperProvider.installed());
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void aNameThatNobodyHasFindsNothing() {
    assertTrue(MapperProvider.named("better").isEmpty());
    assertTrue(MapperProvider.named("").isEmpty());
  }

  @Test
  void anAvailablePluginOpensAMapperForTheRequest() throws HostRefusedException {
    try (DmaMapper mapper = named("good").open(MapperRequest.of(memory))) {
      assertEquals("opened for " + memory, mapper.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "?, com.example.Missing not found",
    "throws-when-made, no library libvfio.so",
    "fails-to-answer, no answer",
    "lacks-a-class, com/example/Native",
    "returns-nothing, returned null",
    "throws-an-error, its message cannot be read"
  })
  void aPluginThatFailsToAnswerIsUnavailableAndItsFailureIsTheReason(String name, String why) {
    InstalledMapper broken = named(name);
    var answer = assertInstanceOf(MapperAvailability.Unavailable.class, broken.availability());
    assertTrue(answer.reason().contains("is broken"), answer.reason());
    assertTrue(answer.reason().contains(why), answer.reason());
  }

  @ParameterizedTest
  @CsvSource({
    "throws-when-made, <init>",
    "fails-to-answer, availability",
    "lacks-a-class, availability",
    "throws-an-error, availability"
  })
  void whatAPluginThrewIsKeptWithItsStackTrace(String name, String method) {
    InstalledMapper broken = named(name);
    Throwable thrown = broken.failure().orElseThrow();
    assertEquals(method, thrown.getStackTrace()[0].getMethodName());
    var refusal =
        assertThrows(
            IllegalStateException.class, () -> broken.open(MapperRequest.of(memory)).close());
    assertEquals(thrown.getClass(), Objects.requireNonNull(refusal.getCause()).getClass());
  }

  @Test
  void aPluginThatAnswersHasNoFailure() {
    assertTrue(named("good").failure().isEmpty());
    assertTrue(named("unavailable").failure().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "good, OK, always",
    "unavailable, MISSING, /dev/vfio/vfio is missing; load the module vfio",
    "throws-when-made, MISSING, no library libvfio.so",
    "fails-to-answer, MISSING, no answer",
    "lacks-a-class, MISSING, com/example/Native",
    "?, MISSING, com.example.Missing not found"
  })
  void anExaminationFindsAtLeastWhetherThePluginIsAvailable(
      String name, HostFinding.Verdict verdict, String why) {
    List<HostFinding> findings = named(name).examine(anyDevice());
    assertEquals(1, findings.size());
    assertEquals(verdict, findings.getFirst().verdict());
    assertTrue(findings.getFirst().fact().contains(why), findings::toString);
  }

  @Test
  void aDeviceThatIsNoneIsTheCallersMistakeAndAnythingElseThePlugins() {
    var picky = new HostExamination(HostTree.local(), anyDevice().ram(), List.of("no such device"));
    assertThrows(IllegalArgumentException.class, () -> named("picky").examine(picky));
    HostFinding broken = named("picky").examine(anyDevice()).getFirst();
    assertTrue(broken.fact().contains("expected a device"), broken.fact());
  }

  @Test
  void anExaminationIsForAGuestWithRam() {
    assertEquals(4096, anyDevice().ramBytes());
    assertThrows(
        IllegalArgumentException.class,
        () -> new HostExamination(HostTree.local(), List.of(), List.of()));
  }

  private static HostExamination anyDevice() {
    return new HostExamination(HostTree.local(), List.of(new GuestRange(0, 4096)), List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"unavailable", "throws-when-made", "fails-to-answer", "throws-an-error"})
  void noHostIsSimulatedUnlessItsPluginSaysSo(String name) {
    assertFalse(named(name).simulated());
  }

  @Test
  void anUnavailablePluginIsNotOpenedAndSaysWhyNot() {
    var refusal =
        assertThrows(
            IllegalStateException.class, () -> named("unavailable").open(MapperRequest.of(memory)));
    assertEquals(
        "mapper 'unavailable' is not available: /dev/vfio/vfio is missing; load the module vfio",
        refusal.getMessage());
    assertThrows(
        IllegalStateException.class,
        () -> named("throws-when-made").open(MapperRequest.of(memory)));
  }

  @Test
  void aNumberThatAPluginCannotReadIsToldWithThePluginAndItsOptions() {
    var request = new MapperRequest(memory, Map.of("map-us", "abc"), 1, CostMeter.realTime());
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> named("picky").open(request).close());
    assertEquals(
        "mapper 'picky' expected a number in one of its options {map-us=abc}:"
            + " For input string: \"abc\"",
        refusal.getMessage());
  }

  @Test
  void aRequestHasAtLeastOneThreadAndKeepsItsOptions() {
    var meter = CostMeter.realTime();
    assertThrows(
        IllegalArgumentException.class, () -> new MapperRequest(memory, Map.of(), 0, meter));
    assertEquals(
        Map.of("rules", "iommufd"),
        new MapperRequest(memory, Map.of("rules", "iommufd"), 1, meter).options());
  }

  @Test
  void realTimeIsSpentByWaiting() {
    long start = System.nanoTime();
    CostMeter.realTime().spend(2_000_000);
    assertTrue(System.nanoTime() - start >= 2_000_000);
    CostMeter.realTime().spend(0);
  }

  private static InstalledMapper named(String name) {
    return MapperProvider.named(name).orElseThrow();
  }
}
