package dev.aerostat.examples;

import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.virtio.transport.VirtioPci;
import java.util.concurrent.CompletableFuture;

/**
 * A guest's driver of virtio-pci, written against virtio 1.3, section 4.1: it finds everything by
 * the capabilities, as Linux does, and uses a vector for each queue and one for the config space.
 */
final class PciDriver implements DeviceTransport {
  static final long MESSAGE_ADDRESS = 0xfee0_1000L;
  private static final int BAR_ADDRESS = 0xfe00_0000;

  private final CompletableFuture<VirtioPci> function;
  private long common;
  private long notify;
  private int notifyMultiplier;
  private long device;

  PciDriver(CompletableFuture<VirtioPci> function) {
    this.function = function;
  }

  private VirtioPci pci() {
    return function.join();
  }

  /** Places the BAR, finds the structures and sets the vectors up. */
  void probe(int deviceId) {
    expect("device id", pci().readConfig(0, 4), ((0x1040 + deviceId) << 16) | 0x1af4);
    pci().writeConfig(0x10, 4, BAR_ADDRESS);
    pci().writeConfig(0x04, 2, 6);
    expect("BAR", pci().barAddress().orElse(0), BAR_ADDRESS & 0xffff_ffffL);
    for (int at = config8(0x34); at != 0; at = config8(at + 1)) {
      switch (config8(at)) {
        case 0x09 -> structure(at);
        case 0x11 -> enableMsix(at);
        default -> throw new IllegalStateException("a capability of id " + config8(at));
      }
    }
  }

  private int config8(int offset) {
    return (int) pci().readConfig(offset, 1);
  }

  private void structure(int at) {
    long offset = pci().readConfig(at + 8, 4);
    switch (config8(at + 3)) {
      case 1 -> common = offset;
      case 2 -> {
        notify = offset;
        notifyMultiplier = (int) pci().readConfig(at + 16, 4);
      }
      case 4 -> device = offset;
      default -> {}
    }
  }

  private void enableMsix(int at) {
    int vectors = (int) (pci().readConfig(at + 2, 2) & 0x7ff) + 1;
    long table = pci().readConfig(at + 4, 4) & ~7;
    for (int vector = 0; vector < vectors; vector++) {
      pci().write(table + 16L * vector, 4, MESSAGE_ADDRESS);
      pci().write(table + 16L * vector + 4, 4, 0);
      pci().write(table + 16L * vector + 8, 4, vector);
      pci().write(table + 16L * vector + 12, 4, 0);
    }
    pci().writeConfig(at + 2, 2, 0x8000);
  }

  private static void expect(String what, long found, long expected) {
    if (found != expected) {
      throw new IllegalStateException("%s: 0x%x, expected 0x%x".formatted(what, found, expected));
    }
  }

  private long read(int field, int width) {
    return pci().read(common + field, width);
  }

  private void write(int field, int width, long value) {
    pci().write(common + field, width, value);
  }

  @Override
  public long offeredFeatures() {
    write(0x00, 4, 0);
    long low = read(0x04, 4);
    write(0x00, 4, 1);
    return (read(0x04, 4) << 32) | low;
  }

  @Override
  public void acceptFeatures(long features) {
    write(0x08, 4, 0);
    write(0x0c, 4, features);
    write(0x08, 4, 1);
    write(0x0c, 4, features >>> 32);
  }

  @Override
  public int status() {
    return (int) read(0x14, 1);
  }

  @Override
  public void writeStatus(int status) {
    write(0x14, 1, status);
    if (status == 0) {
      while (status() != 0) { // Section 4.1.4.3.2.
        Thread.onSpinWait();
      }
      write(0x10, 2, 0);
      expect("vector of the config space", read(0x10, 2), 0);
    }
  }

  @Override
  public int readConfig32(int offset) {
    long generation;
    long value;
    do {
      generation = read(0x15, 1);
      value = pci().read(device + offset, 4);
    } while (read(0x15, 1) != generation);
    return (int) value;
  }

  @Override
  public void writeConfig32(int offset, int value) {
    pci().write(device + offset, 4, value);
  }

  @Override
  public void configureQueue(
      int queue, int size, long descriptorTable, long availableRing, long usedRing) {
    write(0x16, 2, queue);
    expect("queue_enable", read(0x1c, 2), 0);
    write(0x18, 2, size);
    expect("queue_size", read(0x18, 2), size);
    write(0x20, 4, descriptorTable);
    write(0x24, 4, descriptorTable >>> 32);
    write(0x28, 4, availableRing);
    write(0x2c, 4, availableRing >>> 32);
    write(0x30, 4, usedRing);
    write(0x34, 4, usedRing >>> 32);
    write(0x1a, 2, queue + 1);
    expect("queue_msix_vector", read(0x1a, 2), queue + 1);
  }

  @Override
  public void enableQueue(int queue) {
    write(0x16, 2, queue);
    write(0x1c, 2, 1);
    expect("queue_enable", read(0x1c, 2), 1);
  }

  @Override
  public void notifyQueue(int queue) {
    write(0x16, 2, queue);
    pci().write(notify + read(0x1e, 2) * notifyMultiplier, 2, queue);
  }
}
