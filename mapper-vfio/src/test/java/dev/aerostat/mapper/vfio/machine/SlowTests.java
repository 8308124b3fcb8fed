package dev.aerostat.mapper.vfio.machine;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Shows on the console what took long: the machine is emulated, and its time is the build's. */
final class SlowTests implements TestExecutionListener {
  private static final Duration SLOW = Duration.ofSeconds(2);

  private final Map<TestIdentifier, Long> started = new ConcurrentHashMap<>();

  @Override
  public void executionStarted(TestIdentifier test) {
    started.put(test, System.nanoTime());
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    Duration taken = Duration.ofNanos(System.nanoTime() - started.getOrDefault(test, 0L));
    if (taken.compareTo(SLOW) >= 0) {
      System.out.printf(
          Locale.ROOT, "SLOW %.1f s: %s%n", taken.toMillis() / 1e3, test.getDisplayName());
    }
  }
}
