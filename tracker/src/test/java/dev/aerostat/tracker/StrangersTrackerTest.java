package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.testkit.BalloonTrackerContract;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The contract catches what is wrong with trackers that share no idea with those of this module.
 */
final class StrangersTrackerTest {
  private static volatile Function<Granules, BalloonTracker> maker = TextbookTree::new;

  /** The contract of whatever is to be tested. */
  static final class Contract extends BalloonTrackerContract {
    @Override
    protected BalloonTracker create(Granules granules) {
      return maker.apply(granules);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theContractCatches(StrangersTracker wrong) {
    maker = wrong::create;
    assertEquals(1, run(sentence(wrong.sentence())).getTestsFailedCount());
  }

  @Test
  void theContractPassesATextbookTree() {
    maker = TextbookTree::new;
    TestExecutionSummary summary = run(selectClass(Contract.class));
    assertEquals(List.of(), summary.getFailures().stream().map(f -> f.getException()).toList());
    assertEquals(summary.getTestsFoundCount(), summary.getTestsSucceededCount());
    assertTrue(summary.getTestsFoundCount() >= 20);
  }

  private static DiscoverySelector sentence(String name) {
    return Stream.of(BalloonTrackerContract.class.getDeclaredMethods())
        .filter(method -> method.getName().equals(name))
        .map(method -> selectMethod(Contract.class, method))
        .findAny()
        .orElseThrow();
  }

  private static TestExecutionSummary run(DiscoverySelector tests) {
    var listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(tests)
                .filters(EngineFilter.includeEngines("jqwik"))
                .configurationParameter("jqwik.database", "target/jqwik-strangers")
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .configurationParameter("jqwik.shrinking.default", "OFF")
                .build(),
            listener);
    return listener.getSummary();
  }
}
