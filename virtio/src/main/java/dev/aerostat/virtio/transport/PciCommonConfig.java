package dev.aerostat.virtio.transport;

import dev.aerostat.virtio.VirtioDevice;

/**
 * The common configuration structure (virtio 1.3, section 4.1.4.3). A field is accessed with its
 * own width, one of 64 bits also by halves; any other access reads as 0 or is ignored.
 *
 * <p>Safe for use by any thread.
 */
final class PciCommonConfig {
  static final int BYTES = 0x38;

  private static final int QUEUE_DESC = 0x20;

  private final VirtioDevice device;
  private final DriverRegisters registers;
  private final int vectors;
  private volatile int configVector = MsixTable.NO_VECTOR;

  PciCommonConfig(VirtioDevice device, DriverRegisters registers, int vectors) {
    this.device = device;
    this.registers = registers;
    this.vectors = vectors;
  }

  int configVector() {
    return configVector;
  }

  void forgetVector() {
    configVector = MsixTable.NO_VECTOR;
  }

  long read(int offset, int width) {
    if (offset >= QUEUE_DESC) {
      return readArea(offset - QUEUE_DESC, width);
    }
    return switch (width) {
      case 1 -> read8(offset);
      case 2 -> read16(offset) & 0xffff;
      case 4 -> Integer.toUnsignedLong(read32(offset));
      default -> 0;
    };
  }

  private int read8(int offset) {
    return switch (offset) {
      case 0x14 -> registers.status();
      case 0x15 -> device.configGeneration() & 0xff;
      default -> 0;
    };
  }

  private int read16(int offset) {
    return switch (offset) {
      case 0x10 -> configVector;
      case 0x12 -> device.queueCount();
      case 0x16 -> registers.queueSelect();
      case 0x18 -> registers.queueSize();
      case 0x1a -> registers.queueVector();
      case 0x1c -> registers.queueReady() ? 1 : 0;
      case 0x1e -> registers.queueExists() ? registers.queueSelect() : 0;
      default -> 0;
    };
  }

  private int read32(int offset) {
    return switch (offset) {
      case 0x00 -> registers.deviceFeaturesSelect();
      case 0x04 -> registers.deviceFeatures();
      case 0x08 -> registers.driverFeaturesSelect();
      case 0x0c -> registers.driverFeatures();
      default -> 0;
    };
  }

  private long readArea(int offset, int width) {
    if (!isArea(offset, width)) {
      return 0;
    }
    long address = registers.queueArea(offset / Long.BYTES);
    if (width == Long.BYTES) {
      return address;
    }
    return isUpper(offset) ? address >>> Integer.SIZE : address & 0xffff_ffffL;
  }

  void write(int offset, int width, long value) {
    if (offset >= QUEUE_DESC) {
      writeArea(offset - QUEUE_DESC, width, value);
    } else if (width == Byte.BYTES && offset == 0x14) {
      var _ = registers.writeStatus((int) value & 0xff);
    } else if (width == Short.BYTES) {
      write16(offset, (int) value & 0xffff);
    } else if (width == Integer.BYTES) {
      write32(offset, (int) value);
    }
  }

  private void write16(int offset, int value) {
    switch (offset) {
      case 0x10 -> configVector = vector(value);
      case 0x16 -> registers.selectQueue(value);
      case 0x18 -> registers.writeQueueSize(value);
      case 0x1a -> registers.writeQueueVector(vector(value));
      case 0x1c -> {
        if (value == 1) { // A driver must not write 0 (section 4.1.4.3.2).
          registers.enableQueue();
        }
      }
      default -> {}
    }
  }

  /** A vector that does not exist reads back as none, by which the driver sees the refusal. */
  private int vector(int asked) {
    return asked < vectors ? asked : MsixTable.NO_VECTOR;
  }

  private void write32(int offset, int value) {
    switch (offset) {
      case 0x00 -> registers.selectDeviceFeatures(value);
      case 0x08 -> registers.selectDriverFeatures(value);
      case 0x0c -> registers.writeDriverFeatures(value);
      default -> {}
    }
  }

  private void writeArea(int offset, int width, long value) {
    if (!isArea(offset, width)) {
      return;
    }
    int area = offset / Long.BYTES;
    if (width == Long.BYTES) {
      registers.writeQueueArea(area, false, (int) value);
      registers.writeQueueArea(area, true, (int) (value >>> Integer.SIZE));
    } else {
      registers.writeQueueArea(area, isUpper(offset), (int) value);
    }
  }

  private static boolean isArea(int offset, int width) {
    return (width == Integer.BYTES || width == Long.BYTES)
        && offset % width == 0
        && offset <= BYTES - QUEUE_DESC - width;
  }

  private static boolean isUpper(int offset) {
    return offset % Long.BYTES != 0;
  }
}
