package dev.aerostat.cli.text;

import dev.aerostat.api.Progress;
import dev.aerostat.simulation.BootWatcher;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/**
 * Shows how much of the guest's memory is mapped, while a boot runs; leaves no trace at its end.
 */
public final class BootProgressBar implements BootWatcher, AutoCloseable {
  private static final int REFRESH_MILLIS = 100;
  private static final long REFRESH_NANOS = REFRESH_MILLIS * 1_000_000L;

  private final ProgressBar bar;
  private long shownAt = System.nanoTime() - REFRESH_NANOS;

  private BootProgressBar(ProgressBar bar) {
    this.bar = bar;
  }

  /**
   * Shows a bar that counts GiB.
   *
   * @param err a terminal
   * @param task what is shown in front of the bar
   * @return at 0; close it to take it away
   */
  public static BootProgressBar inGibibytes(PrintStream err, String task) {
    return new BootProgressBar(on(err, task).setUnit(" GiB", 1L << 30).build());
  }

  /**
   * Shows a bar that counts MiB.
   *
   * @param err a terminal
   * @param task what is shown in front of the bar
   * @return at 0; close it to take it away
   */
  public static BootProgressBar inMebibytes(PrintStream err, String task) {
    return new BootProgressBar(on(err, task).setUnit(" MiB", 1L << 20).build());
  }

  /**
   * Returns a bar in the style of all of ours, for steps of another kind.
   *
   * @param err a terminal
   * @param task what is shown in front of the bar
   * @return not shown yet
   */
  public static ProgressBarBuilder on(PrintStream err, String task) {
    boolean unicode = err.charset().newEncoder().canEncode('█');
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setConsumer(new ConsoleProgressBarConsumer(err))
        .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(REFRESH_MILLIS)
        .clearDisplayOnFinish()
        .hideEta();
  }

  /**
   * Returns the same with an estimate of the time that is left.
   *
   * @param err a terminal
   * @param task what is shown in front of the bar
   * @return not shown yet
   */
  public static ProgressBarBuilder withEstimate(PrintStream err, String task) {
    return on(err, task).setEtaFunction(BootProgressBar::timeLeft);
  }

  private static Optional<Duration> timeLeft(ProgressState state) {
    long done = state.getCurrent() - state.getStart();
    long left = state.getMax() - state.getCurrent();
    return done == 0
        ? Optional.empty()
        : Optional.of(state.getElapsedAfterStart().dividedBy(done).multipliedBy(left));
  }

  /** Progress comes hundreds of thousands of times in a boot: most of it is let pass. */
  @Override
  public void progressed(long nowNanos, Progress progress) {
    long now = System.nanoTime();
    if (now - shownAt < REFRESH_NANOS) {
      return;
    }
    shownAt = now;
    bar.maxHint(progress.memoryBytes());
    bar.stepTo(progress.mappedBytes());
    bar.setExtraMessage(
        "DMA %s, at %s"
            .formatted(progress.gateOpen() ? "allowed" : "waits", new TimeSpan(nowNanos)));
  }

  @Override
  public void close() {
    bar.close();
  }
}
