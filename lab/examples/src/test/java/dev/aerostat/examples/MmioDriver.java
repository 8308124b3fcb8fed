package dev.aerostat.examples;

import dev.aerostat.guest.sim.DeviceTransport;

/**
 * A guest's driver of virtio-mmio, version 2, written against virtio 1.3, section 4.2: it knows the
 * device by its registers only.
 */
final class MmioDriver implements DeviceTransport {
  private final MmioSlot slot;

  MmioDriver(MmioSlot slot) {
    this.slot = slot;
  }

  /** Section 4.2.3.1: what a driver checks before it touches a device. */
  void probe(int deviceId) {
    expect(0x000, 0x74726976);
    expect(0x004, 2);
    expect(0x008, deviceId);
  }

  /** The interrupt handler; returns what the device interrupted for. */
  int acknowledge() {
    int causes = read(0x060);
    write(0x064, causes);
    return causes;
  }

  private int read(int register) {
    return (int) slot.read(register, Integer.BYTES);
  }

  private void write(int register, int value) {
    slot.write(register, Integer.BYTES, value);
  }

  private void expect(int register, int value) {
    int found = read(register);
    if (found != value) {
      throw new IllegalStateException(
          "register 0x%x: 0x%x, expected 0x%x".formatted(register, found, value));
    }
  }

  @Override
  public long offeredFeatures() {
    write(0x014, 1);
    long high = read(0x010);
    write(0x014, 0);
    return (high << 32) | Integer.toUnsignedLong(read(0x010));
  }

  @Override
  public void acceptFeatures(long features) {
    write(0x024, 1);
    write(0x020, (int) (features >>> 32));
    write(0x024, 0);
    write(0x020, (int) features);
  }

  @Override
  public int status() {
    return read(0x070);
  }

  @Override
  public void writeStatus(int status) {
    write(0x070, status);
  }

  @Override
  public int readConfig32(int offset) {
    int generation;
    int value;
    do {
      generation = read(0x0fc);
      value = read(0x100 + offset);
    } while (read(0x0fc) != generation);
    return value;
  }

  @Override
  public void writeConfig32(int offset, int value) {
    write(0x100 + offset, value);
  }

  @Override
  public void configureQueue(
      int queue, int size, long descriptorTable, long availableRing, long usedRing) {
    write(0x030, queue);
    expect(0x044, 0);
    if (read(0x034) < size) {
      throw new IllegalStateException("queue %d: at most %d".formatted(queue, read(0x034)));
    }
    write(0x038, size);
    writeAddress(0x080, descriptorTable);
    writeAddress(0x090, availableRing);
    writeAddress(0x0a0, usedRing);
  }

  private void writeAddress(int register, long address) {
    write(register, (int) address);
    write(register + 4, (int) (address >>> 32));
  }

  @Override
  public void enableQueue(int queue) {
    write(0x030, queue);
    write(0x044, 1);
    expect(0x044, 1);
  }

  @Override
  public void notifyQueue(int queue) {
    write(0x050, queue);
  }
}
