package dev.aerostat.cli;

import dev.aerostat.api.Progress;
import dev.aerostat.simulation.BootWatcher;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows how much of the guest's memory is mapped, while a boot runs; leaves no trace at its end.
 */
final class BootProgressBar implements BootWatcher, AutoCloseable {
  private static final int REFRESH_MILLIS = 100;
  private static final long REFRESH_NANOS = REFRESH_MILLIS * 1_000_000L;

  private final ProgressBar bar;
  private long shownAt = System.nanoTime() - REFRESH_NANOS;

  private BootProgressBar(ProgressBar bar) {
    this.bar = bar;
  }

  static BootProgressBar inGibibytes(PrintStream err, String task) {
    return new BootProgressBar(on(err, task).setUnit(" GiB", 1L << 30).build());
  }

  static BootProgressBar inMebibytes(PrintStream err, String task) {
    return new BootProgressBar(on(err, task).setUnit(" MiB", 1L << 20).build());
  }

  /** A bar in the style of all of ours. */
  static ProgressBarBuilder on(PrintStream err, String task) {
    boolean unicode = err.charset().newEncoder().canEncode('█');
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setConsumer(new ConsoleProgressBarConsumer(err))
        .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(REFRESH_MILLIS)
        .clearDisplayOnFinish()
        .hideEta();
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
