package dev.aerostat.mapper.vfio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A device's configuration as vfio-pci shows it: what is written to a BAR is kept, less the bits of
 * its size. It has power management, MSI and PCI Express capabilities.
 */
final class FakeConfigSpace implements ConfigRegisters, BusMasterGate.Register {
  static final int MSI = 0x48;
  static final int HOST_ADDRESS = 0xfea0_0000;

  /** A 32-bit BAR, one for ports, a 64-bit one, one that cannot be mapped. */
  static final List<VfioRegion> REGIONS =
      List.of(
          region(0, 0x10_0000, true),
          region(1, 0x100, false),
          region(2, 0x4000, true),
          region(3, 0, false),
          region(4, 0x1000, false),
          region(5, 0, false));

  private static final int[] BAR_FLAGS = {0, 1, 0xc, 0, 0, 0};

  private final byte[] bytes = new byte[256];

  /** What is written, and what listeners hear, in turn. */
  final List<String> events = new ArrayList<>();

  boolean answers = true;

  FakeConfigSpace() {
    put(0, 4, 0x11e8_1234);
    put(4, 4, 0x0010_0007);
    put(8, 4, 0x00ff_0010);
    put(0xc, 4, 0x8180_0010);
    for (int i = 0; i < 6; i++) {
      put(0x10 + 4 * i, 4, HOST_ADDRESS + 0x10_0000 * i | BAR_FLAGS[i]);
    }
    put(0x2c, 4, 0x1100_1af4);
    put(0x30, 4, HOST_ADDRESS);
    put(0x34, 1, 0x40);
    put(0x3c, 4, 0x0101_010b);
    put(0x40, 4, (MSI << 8) | 1);
    put(MSI, 4, 0x0186_0000 | (0x60 << 8) | 5);
    put(MSI + 4, 4, HOST_ADDRESS);
    put(0x60, 4, 0x10);
    put(0x64, 4, HOST_ADDRESS);
  }

  static VfioRegion region(int index, long bytes, boolean mappable) {
    return new VfioRegion(index, bytes, 0, true, true, mappable);
  }

  void put(int register, int width, long value) {
    for (int i = 0; i < width; i++) {
      bytes[register + i] = (byte) (value >> (8 * i));
    }
  }

  long get(int register, int width) {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (bytes[register + i] & 0xffL) << (8 * i);
    }
    return value;
  }

  @Override
  public long read(int register, int width) throws IOException {
    check();
    return get(register, width);
  }

  @Override
  public void write(int register, int width, long value) throws IOException {
    check();
    events.add("write 0x%x".formatted(register));
    put(register, width, value);
    for (int i = 0; i < 6; i++) {
      int flags = BAR_FLAGS[i];
      long size = Math.max(REGIONS.get(i).bytes(), 16);
      boolean upper = i > 0 && (BAR_FLAGS[i - 1] & 4) != 0;
      if (!upper) {
        put(0x10 + 4 * i, 4, (get(0x10 + 4 * i, 4) & -size) | flags);
      }
    }
  }

  private void check() throws IOException {
    if (!answers) {
      throw new IOException("no answer");
    }
  }

  @Override
  public int read() throws IOException {
    return (int) read(4, 2);
  }

  @Override
  public void write(int value) throws IOException {
    check();
    events.add("command 0x%x".formatted(value));
    put(4, 2, value);
  }
}
