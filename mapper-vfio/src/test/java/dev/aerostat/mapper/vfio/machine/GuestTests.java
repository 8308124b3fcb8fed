package dev.aerostat.mapper.vfio.machine;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs test classes inside the emulated machine: the exit code is 1 if one fails or none runs. */
final class GuestTests {
  private GuestTests() {}

  public static void main(String[] classNames) {
    var summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(classNames).map(name -> selectClass(name)).toList())
                .configurationParameter("jqwik.database", "/tmp/jqwik-database")
                .configurationParameter("jqwik.reporting.onlyfailures", "false")
                .build(),
            summary,
            new SlowTests());
    var results = summary.getSummary();
    results.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 30);
    System.out.printf(
        "GUEST-TESTS %d run, %d failed, %d skipped%n",
        results.getTestsStartedCount(),
        results.getTotalFailureCount(),
        results.getTestsSkippedCount());
    boolean passed = results.getTotalFailureCount() == 0 && results.getTestsSucceededCount() > 0;
    System.exit(passed ? 0 : 1);
  }
}
