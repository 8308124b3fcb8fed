package dev.aerostat.engine.internal;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Pages;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.engine.core.EngineCommands;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.mem.virtio.device.MemDevice;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Carries the state machine's commands out: at once what is quick, on a worker the rest. */
@Singleton
final class ThreadedCommands implements EngineCommands {
  private final HostWorkers workers;
  private final BalloonDevice device;
  private final Optional<MemDevice> mem;
  private final GuardedGate gate;
  private final Inbox inbox;
  private final Timers timers;
  private final SafeListener listener;
  private final EngineEvents events;
  private final Provider<EngineCore> core;

  @Inject
  ThreadedCommands(
      HostWorkers workers,
      BalloonDevice device,
      Optional<MemDevice> mem,
      GuardedGate gate,
      Inbox inbox,
      Timers timers,
      SafeListener listener,
      EngineEvents events,
      Provider<EngineCore> core) {
    this.workers = workers;
    this.device = device;
    this.mem = mem;
    this.gate = gate;
    this.inbox = inbox;
    this.timers = timers;
    this.listener = listener;
    this.events = events;
    this.core = core;
  }

  @Override
  public void populate(int granule, long firstPage, long endPage) {
    workers.populate(granule, firstPage, endPage);
  }

  @Override
  public void map(int granule) {
    workers.map(granule);
  }

  @Override
  public void remap(int granule) {
    workers.remap(granule);
  }

  @Override
  public void unmapAll() {
    workers.unmapAll();
  }

  @Override
  public void acknowledge(int token) {
    device.acknowledge(token);
  }

  @Override
  public void readDevice() {
    inbox.wakeDevice();
  }

  @Override
  public void setTarget(long pages) {
    device.setTarget(pages);
    events.targetSet(pages);
  }

  @Override
  public boolean answerPlug(boolean acknowledged) {
    return mem.orElseThrow().answerPlug(acknowledged);
  }

  @Override
  public void setRequested(long pages) {
    mem.orElseThrow().setRequested(Pages.toBytes(pages));
  }

  @Override
  public void openGate() {
    gate.open(() -> gateMoved(true));
  }

  @Override
  public void closeGate() {
    gate.close(() -> gateMoved(false));
  }

  private void gateMoved(boolean open) {
    events.gateMoved(open, core.get());
    if (open) {
      core.get().gateOpened();
    } else {
      core.get().gateClosed();
    }
    events.totals(core.get());
  }

  @Override
  public void completeReset() {
    device.completeReset();
    events.resetCompleted();
  }

  @Override
  public void completeStop() {
    device.completeStop();
  }

  @Override
  public void startTimer(int id, long nanos) {
    timers.start(id, nanos);
  }

  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {
    events.dmaWanted(policy);
    listener.dmaWanted(policy);
  }

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    events.refused(refusal, attempt, retryNanos);
    listener.refused(refusal, attempt, retryNanos);
  }

  @Override
  public void deflateWaits(int token, long pages) {
    events.deflateWaits(token, pages);
  }

  @Override
  public void deflateWaited(int token) {
    events.deflateWaited(token);
  }

  @Override
  public void resetHeld() {
    events.resetHeld();
  }

  @Override
  public void statistics(BalloonStatistics statistics) {
    listener.statistics(statistics);
  }

  @Override
  public void closed() {
    events.totals(core.get());
    workers.end();
  }
}
