package dev.aerostat.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The project keeps every rule of its architecture. */
final class ArchitectureTest {
  private static final Project PROJECT = built();

  private static Project built() {
    try {
      return Project.built();
    } catch (IOException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  @ParameterizedTest
  @EnumSource
  void itHolds(ArchitectureRule rule) {
    List<String> breaches = rule.breaches(PROJECT);
    assertTrue(breaches.isEmpty(), () -> rule + ":\n" + String.join("\n", breaches));
  }

  @Test
  void everyPackageThatWasBuiltIsLookedAt() {
    assertEquals(
        PROJECT.modules().stream()
            .flatMap(module -> module.packages().stream())
            .collect(Collectors.toSet()),
        PROJECT.packages());
    assertFalse(PROJECT.modules().isEmpty());
  }

  @Test
  void aModuleThatIsNotInTheTableIsNamed() {
    var refusal =
        assertThrows(IllegalStateException.class, () -> ModuleTable.ofDirectory("lab/new"));
    assertTrue(refusal.getMessage().contains("'lab/new'"), refusal::getMessage);
    assertTrue(refusal.getMessage().contains("docs/architecture.md"), refusal::getMessage);
  }

  @Test
  void aModuleThatWasNotBuiltBeforeIsNamed() {
    var refusal =
        assertThrows(
            IllegalStateException.class,
            () -> BuiltModule.read(ModuleTable.ofDirectory("api"), Path.of("no-such-directory")));
    assertTrue(refusal.getMessage().contains("lab/architecture/pom.xml"), refusal::getMessage);
  }
}
