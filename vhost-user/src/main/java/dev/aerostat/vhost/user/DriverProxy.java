package dev.aerostat.vhost.user;

import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import dev.aerostat.virtio.VirtioDevice;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Does to the device what the guest's driver does to its registers on other transports, as far as
 * the front end's messages tell: each queue starts, stops and goes on by itself, and the driver is
 * up from the first one on. One thread.
 */
final class DriverProxy {
  private static final int FIELD = 0xff;
  private static final int UP =
      DeviceStatus.ACKNOWLEDGE
          | DeviceStatus.DRIVER
          | DeviceStatus.FEATURES_OK
          | DeviceStatus.DRIVER_OK;

  private final Negotiation negotiation;
  private final Rings rings;
  private Optional<AttachedDevice> attached = Optional.empty();
  private boolean up;
  private int status;

  DriverProxy(Negotiation negotiation, Rings rings) {
    this.negotiation = negotiation;
    this.rings = rings;
  }

  Optional<AttachedDevice> attached() {
    return attached;
  }

  /** Takes a device in place of the one before, which no queue runs on. */
  void attach(AttachedDevice device) {
    attached = Optional.of(device);
  }

  void detach() {
    Optional<AttachedDevice> before = attached;
    attached = Optional.empty();
    up = false;
    before.ifPresent(AttachedDevice::close);
  }

  // --- Start ------------------------------------------------------------------------------------

  /** Starts the queues that are due. */
  RequestAnswer startDue() throws IOException, RefusedException {
    return start(rings.indexes(vring -> vring.isDue(negotiation.ringsStartEnabled())));
  }

  private RequestAnswer start(List<Integer> queues) throws IOException, RefusedException {
    if (queues.isEmpty()) {
      return new RequestAnswer.Done();
    }
    AttachedDevice device =
        attached.orElseThrow(() -> new RefusedException("queues before a memory table"));
    negotiation.requireFeatures();
    if (up && device.device().negotiatedFeatures() != negotiation.features()) {
      return startAnew(device, queues);
    }
    for (int queue : queues) {
      QueueSetup verdict = place(device, queue);
      if (verdict == QueueSetup.RESET_FIRST) {
        return startAnew(device, queues);
      }
      run(device, queue);
    }
    return new RequestAnswer.Done();
  }

  private QueueSetup place(AttachedDevice device, int queue) throws RefusedException {
    Vring vring = rings.get(queue);
    try {
      QueueLayout layout = vring.layout(device.table());
      QueueSetup verdict = device.device().configureQueue(queue, layout);
      if (verdict != QueueSetup.ACCEPTED && verdict != QueueSetup.RESET_FIRST) {
        throw new RefusedException(
            "queue %d of %d descriptors, its table at 0x%x, available ring at 0x%x, used ring at 0x%x: %s"
                .formatted(
                    queue,
                    layout.size(),
                    layout.descriptorArea(),
                    layout.driverArea(),
                    layout.deviceArea(),
                    verdict.reason()));
      }
      return verdict;
    } catch (RefusedException refusal) {
      vring.refused();
      throw refusal;
    }
  }

  private void run(AttachedDevice device, int queue) throws RefusedException {
    rings.get(queue).starts();
    device.balloon().queueStarts(rings.layouts(device.table()));
    VirtioDevice registers = device.device();
    QueueSetup verdict = registers.enableQueue(queue);
    if (verdict != QueueSetup.ACCEPTED) {
      throw new IllegalStateException("queue %d was accepted, now %s".formatted(queue, verdict));
    }
    if (!up) {
      registers.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
      registers.writeDriverFeatures(negotiation.features());
      registers.writeStatus(UP);
      up = true;
      device.balloon().driverStarts();
    }
  }

  /** What was stopped has not gone on where it stopped: it was a reset, and this a new driver. */
  private RequestAnswer startAnew(AttachedDevice device, List<Integer> queues)
      throws IOException, RefusedException {
    List<Integer> running = rings.indexes(Vring::isRunning);
    List<Integer> all = Stream.concat(running.stream(), queues.stream()).distinct().toList();
    return stop(
        running,
        () ->
            RequestAnswer.after(
                device.device().reset(),
                () -> {
                  up = false;
                  device.balloon().driverStopped();
                  return start(all);
                }));
  }

  // --- Stop -------------------------------------------------------------------------------------

  /** Enables a queue, which starts if it is due; or disables it, and nothing is lost by that. */
  RequestAnswer enable(VringState wish) throws IOException, RefusedException {
    Vring ring = rings.get(wish.index());
    ring.enabled(wish.number() != 0);
    if (wish.number() == 0) {
      return stop(List.of(wish.index()), RequestAnswer.Done::new);
    }
    try {
      return startDue();
    } catch (RefusedException refusal) {
      // Else the next turn would start it once more, for nobody who could be told of a refusal.
      ring.enabled(false);
      throw refusal;
    }
  }

  RequestAnswer disableAll() throws IOException, RefusedException {
    List<Integer> all = rings.indexes(_ -> true);
    for (int queue : all) {
      rings.get(queue).enabled(false);
    }
    return stop(all, RequestAnswer.Done::new);
  }

  /** Stops a queue and returns where it would go on. */
  RequestAnswer handBack(int queue) throws IOException, RefusedException {
    Vring vring = rings.get(queue);
    return stop(
        List.of(queue),
        () -> {
          rings.handedBack(vring);
          return new VringState(queue, vring.base()).answer();
        });
  }

  private RequestAnswer stop(List<Integer> queues, RequestAnswer.Step then)
      throws IOException, RefusedException {
    List<Integer> running =
        queues.stream().filter(rings.indexes(Vring::isRunning)::contains).toList();
    if (running.isEmpty()) {
      return then.answer();
    }
    AttachedDevice device = attached.orElseThrow();
    QueueStop meaning = negotiation.tellsResets() ? QueueStop.PAUSE : QueueStop.PERHAPS_RESET;
    List<CompletableFuture<QueuePosition>> stops = disable(device, running, meaning);
    return RequestAnswer.after(
        allOf(stops),
        () -> {
          for (int i = 0; i < stops.size(); i++) {
            rings.get(running.get(i)).stoppedAt(stops.get(i).join().nextAvailable());
          }
          if (!rings.areRunning()) {
            device.balloon().queuesStopped();
          }
          return then.answer();
        });
  }

  private static List<CompletableFuture<QueuePosition>> disable(
      AttachedDevice device, List<Integer> queues, QueueStop meaning) {
    return queues.stream().map(queue -> device.device().disableQueue(queue, meaning)).toList();
  }

  private static CompletableFuture<Void> allOf(List<CompletableFuture<QueuePosition>> stops) {
    return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new));
  }

  // --- Reset ------------------------------------------------------------------------------------

  /** Resets the device and forgets all queues. */
  RequestAnswer reset() throws IOException, RefusedException {
    return reset(RequestAnswer.Done::new);
  }

  private RequestAnswer reset(RequestAnswer.Step then) throws IOException, RefusedException {
    if (!up) {
      rings.reset();
      return then.answer();
    }
    AttachedDevice device = attached.orElseThrow();
    return RequestAnswer.after(
        device.device().reset(),
        () -> {
          up = false;
          rings.reset();
          device.balloon().driverStopped();
          return then.answer();
        });
  }

  /** Takes the driver's status, of which 0 is a reset. */
  RequestAnswer setStatus(long bits) throws IOException, RefusedException {
    if ((bits & FIELD) != 0) {
      boolean agreed = negotiation.hasFeatures();
      status = (int) (bits & FIELD) & (agreed ? FIELD : ~DeviceStatus.FEATURES_OK);
      return new RequestAnswer.Done();
    }
    RequestAnswer.Step done =
        () -> {
          status = 0;
          return new RequestAnswer.Done();
        };
    boolean handedBack = up && rings.indexes(ring -> ring.isRunning() || ring.isPaused()).isEmpty();
    return handedBack ? holdAsReset(done) : reset(done);
  }

  /**
   * QEMU ends a pause of the guest and a driver in the same way: it asks where each queue stands,
   * then writes 0. Which of the two it was shows when the queues start again.
   */
  private RequestAnswer holdAsReset(RequestAnswer.Step then) throws IOException, RefusedException {
    List<Integer> all = rings.indexes(_ -> true);
    return RequestAnswer.after(
        allOf(disable(attached.orElseThrow(), all, QueueStop.PERHAPS_RESET)), then);
  }

  /** Returns the driver's status, and whether the device needs a reset. */
  int status() {
    int device = attached.map(now -> now.device().status()).orElse(0);
    return status == 0 ? 0 : status | (device & DeviceStatus.NEEDS_RESET);
  }
}
