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

  /** In fewer columns there is no room for words behind the bar, or none for its name. */
  private static final int ROOM_FOR_WORDS = 80;

  private static final int ROOM_FOR_NAME = 50;

  private final ProgressBarBuilder builder;
  private final boolean words;
  private Optional<ProgressBar> bar = Optional.empty();
  private long shownAt = System.nanoTime() - REFRESH_NANOS;

  private BootProgressBar(Console console, String task, String unit, long unitBytes) {
    builder = on(console, task).setUnit(unit, unitBytes);
    words = console.columns() >= ROOM_FOR_WORDS;
  }

  /**
   * Shows a bar that counts GiB.
   *
   * @param console a live one
   * @param task what is shown in front of the bar
   * @return shown from the first progress on; close it to take it away
   */
  public static BootProgressBar inGibibytes(Console console, String task) {
    return new BootProgressBar(console, task, " GiB", 1L << 30);
  }

  /**
   * Shows a bar that counts MiB.
   *
   * @param console a live one
   * @param task what is shown in front of the bar
   * @return shown from the first progress on; close it to take it away
   */
  public static BootProgressBar inMebibytes(Console console, String task) {
    return new BootProgressBar(console, task, " MiB", 1L << 20);
  }

  /**
   * Returns a bar in the style of all of ours, for steps of another kind.
   *
   * @param console a live one
   * @param task what is shown in front of the bar
   * @return not shown yet
   */
  public static ProgressBarBuilder on(Console console, String task) {
    PrintStream err = console.err();
    boolean unicode = err.charset().newEncoder().canEncode('█');
    return new ProgressBarBuilder()
        .setTaskName(console.columns() < ROOM_FOR_NAME ? "" : task)
        .setConsumer(consumer(err, console.columns()))
        .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(REFRESH_MILLIS)
        .clearDisplayOnFinish()
        .hideEta();
  }

  private static ConsoleProgressBarConsumer consumer(PrintStream err, int columns) {
    return columns == Terminal.UNLIMITED
        ? new ConsoleProgressBarConsumer(err)
        : new ConsoleProgressBarConsumer(err, columns - 1);
  }

  /**
   * Returns the same with an estimate of the time that is left.
   *
   * @param console a live one
   * @param task what is shown in front of the bar
   * @return not shown yet
   */
  public static ProgressBarBuilder withEstimate(Console console, String task) {
    return on(console, task).setEtaFunction(BootProgressBar::timeLeft);
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
    ProgressBar shown = bar.orElseGet(() -> builder.setInitialMax(progress.memoryBytes()).build());
    bar = Optional.of(shown);
    shown.stepTo(progress.mappedBytes());
    if (words) {
      shown.setExtraMessage(
          "DMA %s, at %s"
              .formatted(progress.gateOpen() ? "allowed" : "waits", new TimeSpan(nowNanos)));
    }
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
