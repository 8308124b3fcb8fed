package dev.aerostat.cli.serve;

import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.vhost.user.HostedBalloon;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The engine of a guest that is served, and what is told of it. Of the session's thread alone. */
final class ServedGuest implements HostedBalloon {
  private final ServeSettings settings;
  private final AsyncDmaMap engine;
  private final GuestEventLog diary;
  private final GuestProgressListener watch;
  private final Consumer<AsyncDmaMap> atEnd;
  private boolean paused;

  ServedGuest(
      ServeSettings settings,
      AsyncDmaMap engine,
      GuestEventLog diary,
      GuestProgressListener watch,
      Consumer<AsyncDmaMap> atEnd) {
    this.settings = settings;
    this.engine = engine;
    this.diary = diary;
    this.watch = watch;
    this.atEnd = atEnd;
  }

  @Override
  public VirtioDevice device() {
    return engine.device();
  }

  @Override
  public void kicked(int queue) {
    engine.notifyQueue(queue);
  }

  @Override
  public void driverStarts() {
    diary.driverUp(settings.balloonPage(device().negotiatedFeatures()));
  }

  @Override
  public void queueStarts(Map<Integer, QueueLayout> queues) {
    if (paused) {
      paused = false;
      diary.happened(ServeEvent.driverGoesOn());
    }
  }

  @Override
  public void queuesStopped() {
    paused = true;
    diary.happened(ServeEvent.driverPaused());
  }

  @Override
  public void driverStopped() {
    paused = false;
    diary.happened(ServeEvent.driverReset());
  }

  @Override
  public Optional<Throwable> failure() {
    return watch.failure();
  }

  @Override
  public void close() {
    watch.close();
    try {
      atEnd.accept(engine);
    } finally {
      engine.close();
    }
  }
}
