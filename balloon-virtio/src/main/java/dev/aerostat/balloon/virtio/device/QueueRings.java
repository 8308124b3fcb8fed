package dev.aerostat.balloon.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.QueueRegisters;
import dev.aerostat.virtio.device.SplitVirtqueue;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rings of one driver by index, opened, stopped and resumed as {@link QueueRegisters} asks.
 * Used by the event thread only.
 */
final class QueueRings {
  private static final QueuePosition NOWHERE = new QueuePosition(0, false);

  private final QueueRegisters registers;
  private final OpenQueues queues;
  private final long features;
  private final GuestMemory memory;
  private final SplitVirtqueue.QueueInterrupts interrupts;
  private final MistakeSink mistakes;
  private final Map<Integer, SplitVirtqueue> rings = new TreeMap<>();
  private final Set<Integer> unsettled = new TreeSet<>();
  private boolean stopTold;

  QueueRings(
      QueueRegisters registers,
      OpenQueues queues,
      long features,
      GuestMemory memory,
      SplitVirtqueue.QueueInterrupts interrupts,
      MistakeSink mistakes) {
    this.registers = registers;
    this.queues = queues;
    this.features = features;
    this.memory = memory;
    this.interrupts = interrupts;
    this.mistakes = mistakes;
  }

  /** Does what was asked for since the last call, and answers those who wait for a stop. */
  void follow(BalloonEvents events) {
    carryOut();
    tellStop(events);
    registers.completeStops();
  }

  private void tellStop(BalloonEvents events) {
    boolean held = registers.driverMayBeGone();
    if (held == stopTold) {
      return;
    }
    stopTold = held;
    if (held) {
      events.stopRequested();
    } else {
      registers.stopIsSafe(false);
      events.stopEnded();
    }
  }

  /** See {@link BalloonDevice#completeStop}. */
  void completeStop() {
    if (!stopTold) {
      throw new IllegalStateException(
          "no stop is held; complete one only between stopRequested and stopEnded");
    }
    registers.stopIsSafe(true);
    registers.completeStops();
  }

  private void carryOut() {
    QueueRegisters.Changes changes = registers.take();
    for (int index = 0; index < registers.count(); index++) {
      int bit = 1 << index;
      if ((changes.stop() & bit) != 0) {
        registers.letGo(index, stop(index));
      } else if ((changes.open() & bit) != 0) {
        open(index);
      } else if ((changes.resume() & bit) != 0) {
        ring(index).ifPresent(SplitVirtqueue::resume);
      }
    }
  }

  private void open(int index) {
    Optional<QueueLayout> layout = registers.layout(index);
    if (layout.isEmpty()) {
      mistakes.report(BalloonMistake.UNKNOWN_QUEUES);
      return;
    }
    rings.put(
        index, new SplitVirtqueue(index, layout.get(), features, memory, interrupts, mistakes));
    unsettled.add(index);
    settle();
  }

  /** Assigns the rings their roles, as far as the driver has told which they have. */
  private void settle() {
    int opened = registers.opened();
    var settled =
        unsettled.stream()
            .filter(index -> QueueNumbering.settles(index, opened, features))
            .toList();
    for (int index : settled) {
      unsettled.remove(index);
      give(index, QueueNumbering.meantBy(opened, features).roleOf(index, features));
    }
  }

  /** A queue that no numbering knows, or of a role that is taken, is left alone. */
  private void give(int index, Optional<QueueRole> role) {
    if (role.isPresent() && !queues.has(role.get())) {
      ring(index).ifPresent(ring -> queues.open(role.get(), ring));
    } else {
      rings.remove(index);
      mistakes.report(BalloonMistake.UNKNOWN_QUEUES);
    }
  }

  private QueuePosition stop(int index) {
    return ring(index).map(SplitVirtqueue::stop).orElse(NOWHERE);
  }

  QueuePosition position(int index) {
    return ring(index).map(SplitVirtqueue::position).orElse(NOWHERE);
  }

  private Optional<SplitVirtqueue> ring(int index) {
    return Optional.ofNullable(rings.get(index));
  }
}
