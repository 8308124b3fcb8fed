package dev.aerostat.virtio.transport;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.VirtioFeatures;
import dev.aerostat.virtio.device.DeviceConfig;
import dev.aerostat.virtio.device.DeviceIdentity;
import dev.aerostat.virtio.device.DeviceRegisters;
import dev.aerostat.virtio.device.QueueRegisters;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device with queues 0 and 2 of up to 128 descriptors, and 8 bytes of config space that a driver
 * may write. It serves no queue, and holds each reset until {@link #completeReset}.
 */
final class ToyDevice implements DeviceRegisters.Owner, DeviceConfig {
  static final int ID = 5;
  static final long OFFERED = VirtioFeatures.VERSION_1 | 1L << 3;
  static final int QUEUES = 0b101;
  static final int MAX_SIZE = 128;

  final DeviceRegisters registers;
  final AtomicInteger wakes = new AtomicInteger();
  volatile int generation;
  private long config;

  ToyDevice() {
    var range = new GuestRange(0, 1 << 20);
    var memory =
        GuestMemory.of(
            List.of(new MemoryRegion(range, Arena.ofAuto().allocate(range.length(), 4096))));
    registers =
        new DeviceRegisters(
            new DeviceIdentity(ID, OFFERED, VirtioFeatures.VERSION_1),
            this,
            new QueueRegisters(memory, QUEUES, MAX_SIZE),
            mistake -> {},
            this);
  }

  void completeReset() {
    registers.completeReset().complete(null);
  }

  @Override
  public void wake() {
    wakes.incrementAndGet();
    registers.beginTurn();
  }

  @Override
  public void driverForgotten() {}

  @Override
  public QueuePosition position(int queue) {
    return new QueuePosition(0, false);
  }

  @Override
  public int size() {
    return Long.BYTES;
  }

  @Override
  public int generation() {
    return generation;
  }

  @Override
  public synchronized long read(int offset, int width) {
    return (config >>> (8 * offset)) & mask(width);
  }

  @Override
  public synchronized void write(int offset, int width, long value) {
    long bits = mask(width) << (8 * offset);
    config = (config & ~bits) | ((value << (8 * offset)) & bits);
  }

  private static long mask(int width) {
    return width == Long.BYTES ? -1 : (1L << (8 * width)) - 1;
  }
}
