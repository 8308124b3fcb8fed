package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.aerostat.testkit.BalloonTrackerContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A contract that nothing can break proves nothing. */
final class ContractSabotageTest {
  @ParameterizedTest
  @ValueSource(
      classes = {
        WeakenedTrackers.ForgetsToMerge.class,
        WeakenedTrackers.MiscountsRanges.class,
        WeakenedTrackers.CountsPagesTwice.class,
        WeakenedTrackers.ForgetsWhoCameLast.class,
        WeakenedTrackers.IgnoresTheDirection.class,
        WeakenedTrackers.AcceptsHoles.class,
        WeakenedTrackers.LosesTheLastPageOfABlock.class,
        WeakenedTrackers.ClearsOnlyThePages.class,
        WeakenedTrackers.PutsOffWhatItMustNot.class,
        WeakenedTrackers.BreaksItsInvariants.class,
        WeakenedTrees.SplitsWithoutRoom.class,
        WeakenedTrees.LosesARangeInAConversion.class,
        WeakenedTrees.ForgetsTheSums.class,
        WeakenedTrees.ForgetsASeam.class,
        WeakenedTrees.ForgetsItsNewest.class,
      })
  void theContractCatches(Class<? extends BalloonTrackerContract> weakened) {
    assertTrue(run(weakened).getTestsFailedCount() > 0);
  }

  @Test
  void theContractPassesTheSameTrackerWithNothingWrong() {
    TestExecutionSummary summary = run(WeakenedTrackers.Sound.class);
    assertEquals(0, summary.getTestsFailedCount());
    assertEquals(summary.getTestsFoundCount(), summary.getTestsSucceededCount());
    assertTrue(summary.getTestsFoundCount() >= 10);
  }

  private static TestExecutionSummary run(Class<?> contract) {
    var listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(contract))
                .filters(EngineFilter.includeEngines("jqwik"))
                .configurationParameter("jqwik.database", "target/jqwik-sabotage")
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .configurationParameter("jqwik.tries.default", "30")
                .configurationParameter("jqwik.shrinking.default", "OFF")
                .build(),
            listener);
    return listener.getSummary();
  }
}
