package dev.aerostat.mapper.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.aerostat.testkit.MapperContract;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A contract that cannot fail is none: every sentence of it fails on the mapper it is there for.
 */
final class MapperContractSabotageTest {
  @ParameterizedTest
  @EnumSource(Weakness.class)
  void aWeakenedMapperFailsTheContract(Weakness weakness, @TempDir Path directory) {
    Set<String> failed = failedSentences(weakness, directory);
    assertTrue(
        failed.contains(weakness.sentence()),
        () -> "%s passed %s, failed %s".formatted(weakness, weakness.sentence(), failed));
  }

  @Test
  void everySentenceOfTheContractHasAMapperThatBreaksIt() {
    assertEquals(
        sentences(),
        Arrays.stream(Weakness.values())
            .map(Weakness::sentence)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static Set<String> sentences() {
    return Stream.of(MapperContract.class.getDeclaredMethods())
        .filter(
            method ->
                method.isAnnotationPresent(Example.class)
                    || method.isAnnotationPresent(Property.class))
        .map(method -> method.getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> failedSentences(Weakness weakness, Path directory) {
    var failures = new Failures();
    System.setProperty(WeakenedMapperContract.WEAKNESS, weakness.name());
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(List.of(selectClass(WeakenedMapperContract.class)))
                .filters(EngineFilter.includeEngines("jqwik"))
                // Reports of failures that are wanted would only fill the build's log.
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .configurationParameter("jqwik.database", directory.resolve("jqwik").toString())
                .build(),
            failures);
    return failures.sentences;
  }

  private static final class Failures implements TestExecutionListener {
    private final Set<String> sentences = new ConcurrentSkipListSet<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        test.getSource()
            .filter(MethodSource.class::isInstance)
            .map(source -> ((MethodSource) source).getMethodName())
            .ifPresent(sentences::add);
      }
    }
  }
}
