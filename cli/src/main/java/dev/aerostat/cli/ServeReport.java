package dev.aerostat.cli;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.EngineListener;

/** Says how a real guest comes along, whenever that has changed. Of the event thread alone. */
final class ServeReport implements EngineListener {
  private static final int MIB_SHIFT = 20;

  private final Console console;
  private String last = "";

  ServeReport(Console console) {
    this.console = console;
  }

  @Override
  public void progressed(Progress progress) {
    String now =
        "of %d MiB  mapped %d  ballooned %d  target %d\n"
            .formatted(
                mib(progress.memoryBytes()),
                mib(progress.mappedBytes()),
                mib(progress.balloonedBytes()),
                mib(progress.targetBytes()));
    if (!now.equals(last)) {
      last = now;
      console.print(now);
    }
  }

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    console.print("%s (attempt %d)\n".formatted(refusal.getMessage(), attempt));
  }

  private static long mib(long bytes) {
    return bytes >> MIB_SHIFT;
  }
}
