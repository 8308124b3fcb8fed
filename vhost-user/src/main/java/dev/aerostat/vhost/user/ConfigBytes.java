package dev.aerostat.vhost.user;

import dev.aerostat.virtio.VirtioDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The config space as bytes, a whole field at a time: else a field could be torn. */
final class ConfigBytes {
  private ConfigBytes() {}

  /** Reads; what lies beyond the config space is left as it is. */
  static void read(VirtioDevice device, int offset, int size, ByteBuffer to) {
    ByteBuffer bytes = to.slice().order(ByteOrder.LITTLE_ENDIAN);
    int end = Math.min(offset + size, device.configSize());
    for (int at = offset; at < end; at += width(at, end)) {
      if (width(at, end) == 1) {
        bytes.put((byte) device.readConfig(at, 1));
      } else {
        bytes.putInt((int) device.readConfig(at, Integer.BYTES));
      }
    }
  }

  /** Writes; the device takes only what is the driver's. */
  static void write(VirtioDevice device, int offset, int size, ByteBuffer from) {
    ByteBuffer bytes = from.slice().order(ByteOrder.LITTLE_ENDIAN);
    int end = Math.min(offset + size, device.configSize());
    for (int at = offset; at < end; at += width(at, end)) {
      if (width(at, end) == 1) {
        device.writeConfig(at, 1, bytes.get());
      } else {
        device.writeConfig(at, Integer.BYTES, bytes.getInt());
      }
    }
  }

  private static int width(int at, int end) {
    return at % Integer.BYTES == 0 && end - at >= Integer.BYTES ? Integer.BYTES : 1;
  }
}
