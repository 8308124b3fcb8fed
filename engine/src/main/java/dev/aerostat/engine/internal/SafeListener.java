package dev.aerostat.engine.internal;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.engine.EngineListener;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;

/** The VMM's listener, whose mistakes must not end the event thread. */
@Singleton
final class SafeListener implements EngineListener {
  private static final System.Logger LOG = System.getLogger(SafeListener.class.getName());

  private final EngineListener listener;
  private final VmmCalls calls = new VmmCalls("the engine's listener");
  private final RefusalLog refusals =
      new RefusalLog(System::nanoTime, line -> LOG.log(Level.WARNING, line));

  @Inject
  SafeListener(EngineListener listener) {
    this.listener = listener;
  }

  @Override
  public void progressed(Progress progress) {
    calls.call(() -> listener.progressed(progress));
  }

  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {
    calls.call(() -> listener.dmaWanted(policy));
  }

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    refusals.refused(refusal, attempt);
    calls.call(() -> listener.refused(refusal, attempt, retryNanos));
  }

  @Override
  public void statistics(BalloonStatistics statistics) {
    calls.call(() -> listener.statistics(statistics));
  }

  @Override
  public void failed(Throwable cause) {
    calls.call(() -> listener.failed(cause));
  }
}
