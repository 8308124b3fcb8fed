package dev.aerostat.engine.internal;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.HostCall;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The VMM's listeners, whose mistakes must not end a thread of the engine's. */
@Singleton
final class SafeListener implements EngineListener {
  private final List<EngineListener> listeners = new CopyOnWriteArrayList<>();
  private final VmmCalls calls = new VmmCalls("the engine's listener");
  private final RefusalLog refusals =
      new RefusalLog(System::nanoTime, (line, thrown) -> SafeLog.log(Level.WARNING, line, thrown));

  @Inject
  SafeListener(EngineListener listener) {
    add(listener);
  }

  void add(EngineListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  void remove(EngineListener listener) {
    listeners.remove(listener);
  }

  private void tell(Consumer<EngineListener> what) {
    for (EngineListener listener : listeners) {
      calls.call(() -> what.accept(listener));
    }
  }

  @Override
  public void progressed(Progress progress) {
    tell(listener -> listener.progressed(progress));
  }

  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {
    tell(listener -> listener.dmaWanted(policy));
  }

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    refusals.refused(refusal, attempt);
    tell(listener -> listener.refused(refusal, attempt, retryNanos));
  }

  @Override
  public void hostCalled(HostCall call) {
    tell(listener -> listener.hostCalled(call));
  }

  @Override
  public void deflateWaited(long bytes, long nanos) {
    tell(listener -> listener.deflateWaited(bytes, nanos));
  }

  @Override
  public void statistics(BalloonStatistics statistics) {
    tell(listener -> listener.statistics(statistics));
  }

  @Override
  public void failed(Throwable cause) {
    tell(listener -> listener.failed(cause));
  }

  @Override
  public void closed() {
    tell(EngineListener::closed);
  }
}
