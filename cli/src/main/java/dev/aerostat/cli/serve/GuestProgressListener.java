package dev.aerostat.cli.serve;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.cli.text.BootProgressBar;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.simulation.BootWatcher;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Sees from the engine's progress what happens to a guest, and moves its progress bar. What has
 * come and gone between two reports, 100 ms, is not seen. Of the event thread alone but for {@link
 * #close}.
 */
final class GuestProgressListener implements EngineListener, AutoCloseable {
  private final GuestEventLog diary;
  private final Optional<BootProgressBar> bar;
  private final BootWatcher recorder;
  private final LongSupplier operatorTarget;
  private boolean gateOpen;
  private boolean mapped;
  private boolean ballooned;
  private long settledAt;
  private volatile boolean over;
  private volatile Optional<Throwable> failure = Optional.empty();

  GuestProgressListener(
      GuestEventLog diary,
      Optional<BootProgressBar> bar,
      BootWatcher recorder,
      LongSupplier operatorTarget) {
    this.diary = diary;
    this.bar = bar;
    this.recorder = recorder;
    this.operatorTarget = operatorTarget;
  }

  @Override
  public void progressed(Progress now) {
    if (over) {
      return;
    }
    bar.ifPresent(shown -> shown.progressed(diary.nanos(), now));
    recorder.progressed(diary.nanos(), now);
    gate(now);
    if (!mapped && now.mappedBytes() == now.memoryBytes()) {
      mapped = true;
      diary.happened(GuestMilestone.FULLY_MAPPED, ServeEvent.fullyMapped());
    }
    ballooned |= now.balloonedBytes() > 0;
    boolean whole = now.balloonedBytes() == 0 && now.mappedBytes() == now.memoryBytes();
    if (ballooned && whole && now.gateOpen()) {
      ballooned = false;
      diary.happened(GuestMilestone.BALLOON_EMPTY, ServeEvent.balloonEmpty());
    }
    settled(now);
  }

  private void gate(Progress now) {
    if (now.gateOpen() && !gateOpen) {
      diary.happened(GuestMilestone.DMA_READY, ServeEvent.gateOpened(now));
    } else if (gateOpen && !now.gateOpen()) {
      diary.happened(ServeEvent.gateClosed());
    }
    gateOpen = now.gateOpen();
  }

  /** On its way the balloon may have any size; where it is asked to stay is the operator's word. */
  private void settled(Progress now) {
    long target = Math.min(operatorTarget.getAsLong(), now.memoryBytes());
    boolean there = now.balloonedBytes() == target && now.targetBytes() == target;
    if (there && now.gateOpen() && target != settledAt) {
      settledAt = target;
      if (target > 0) {
        diary.happened(ServeEvent.targetReached(target));
      }
    }
  }

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    if (attempt == 1) {
      diary.happened(ServeEvent.refused(refusal, retryNanos));
    }
  }

  @Override
  public void failed(Throwable cause) {
    failure = Optional.of(cause);
  }

  /** Returns why the engine failed, if it did. */
  Optional<Throwable> failure() {
    return failure;
  }

  /** Takes the progress bar away: how the engine ends is nobody's concern. */
  @Override
  public void close() {
    over = true;
    bar.ifPresent(BootProgressBar::close);
  }
}
