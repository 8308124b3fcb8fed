package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.mapper.spi.MapperProvider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VfioMapperProviderTest {
  @Test
  void serviceLoaderFindsItByName() {
    assertEquals("vfio", MapperProvider.named("vfio").orElseThrow().name());
  }

  @Test
  void devicesAreSeparatedByCommas() {
    assertEquals(
        List.of(new PciAddress("0000:00:05.0"), new PciAddress("0000:3b:00.1")),
        VfioMapperProvider.devices(Map.of("device", "0000:00:05.0, 0000:3b:00.1")));
  }

  @Test
  void optionsThatCannotBeUsedAreRefusedByName() {
    assertMistake(Map.of(), "needs device=ADDRESS");
    assertMistake(Map.of("device", "0000:00:05.0", "devcie", "x"), "no option 'devcie'");
  }

  @Test
  void theBackendIsChosenByNameOrLeftToTheHost() {
    assertEquals(Optional.empty(), VfioMapperProvider.backend(Map.of()));
    assertEquals(
        Optional.of(VfioBackend.TYPE1), VfioMapperProvider.backend(Map.of("backend", "type1")));
    assertEquals(
        Optional.of(VfioBackend.IOMMUFD), VfioMapperProvider.backend(Map.of("backend", "iommufd")));
    var mistake =
        assertThrows(
            IllegalArgumentException.class,
            () -> VfioMapperProvider.backend(Map.of("backend", "type2")));
    assertTrue(mistake.toString().contains("expected type1 or iommufd"), mistake::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"05.0", "00:05.0", "0000:00:05.8", "0000:00:20.0", "0000:00:5.0"})
  void whatIsNoPciAddressIsRefused(String text) {
    assertMistake(Map.of("device", text), "'%s' is no PCI address".formatted(text));
  }

  private static void assertMistake(Map<String, String> options, String message) {
    var mistake =
        assertThrows(IllegalArgumentException.class, () -> VfioMapperProvider.devices(options));
    assertTrue(mistake.toString().contains(message), mistake::toString);
  }
}
