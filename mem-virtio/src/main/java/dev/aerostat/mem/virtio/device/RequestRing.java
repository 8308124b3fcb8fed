package dev.aerostat.mem.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.device.AbsentVirtqueue;
import dev.aerostat.virtio.device.MistakeSink;
import dev.aerostat.virtio.device.QueueRegisters;
import dev.aerostat.virtio.device.SplitVirtqueue;
import dev.aerostat.virtio.device.Virtqueue;
import java.util.Optional;

/**
 * The one queue of a driver, opened, stopped and resumed as {@link QueueRegisters} asks. Used by
 * the event thread only.
 *
 * <p>A stop that may be a reset needs no more than any other: what is plugged stays plugged.
 */
final class RequestRing {
  private static final int QUEUE = 0;

  private final QueueRegisters registers;
  private final GuestMemory memory;
  private final SplitVirtqueue.QueueInterrupts interrupts;
  private final MistakeSink mistakes;
  private Optional<SplitVirtqueue> ring = Optional.empty();
  private Virtqueue queue = new AbsentVirtqueue();

  RequestRing(
      QueueRegisters registers,
      GuestMemory memory,
      SplitVirtqueue.QueueInterrupts interrupts,
      MistakeSink mistakes) {
    this.registers = registers;
    this.memory = memory;
    this.interrupts = interrupts;
    this.mistakes = mistakes;
  }

  Virtqueue queue() {
    return queue;
  }

  QueuePosition position() {
    return ring.map(SplitVirtqueue::position).orElse(new QueuePosition(QUEUE, false));
  }

  /** Does what was asked for; returns whether the queue goes on where it was stopped. */
  boolean follow(long features) {
    QueueRegisters.Changes changes = registers.take();
    if (changes.stop() != 0) {
      registers.letGo(
          QUEUE, ring.map(SplitVirtqueue::stop).orElse(new QueuePosition(QUEUE, false)));
    } else if (changes.open() != 0) {
      open(features);
    } else if (changes.resume() != 0) {
      ring.ifPresent(SplitVirtqueue::resume);
    }
    registers.stopIsSafe(registers.driverMayBeGone());
    registers.completeStops();
    return changes.resume() != 0;
  }

  private void open(long features) {
    ring =
        registers
            .layout(QUEUE)
            .map(
                layout ->
                    new SplitVirtqueue(QUEUE, layout, features, memory, interrupts, mistakes));
    ring.ifPresent(opened -> queue = opened);
  }

  /** Forgets the driver. */
  void forget() {
    ring = Optional.empty();
    queue = new AbsentVirtqueue();
  }
}
