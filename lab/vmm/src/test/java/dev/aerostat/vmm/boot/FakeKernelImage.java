package dev.aerostat.vmm.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bzImage whose header is like that of Linux 6.1, and whose code is a pattern. */
final class FakeKernelImage {
  static final long ADDRESS = 16L << 20;
  static final int INIT_BYTES = 8 << 20;
  static final int SETUP_BYTES = 512 * 28;

  private final ByteBuffer bytes =
      ByteBuffer.allocate(SETUP_BYTES + 5000).order(ByteOrder.LITTLE_ENDIAN);

  FakeKernelImage() {
    bytes
        .put(0x1f1, (byte) 27)
        .putShort(0x1fe, (short) 0xaa55)
        .put(0x201, (byte) 0x6a)
        .putInt(0x202, 0x5372_6448)
        .putShort(0x206, (short) 0x20f)
        .put(0x211, (byte) 1)
        .putInt(0x22c, 0x7fff_ffff)
        .putInt(0x230, 0x20_0000)
        .put(0x234, (byte) 1)
        .putShort(0x236, (short) 0x7f)
        .putInt(0x238, 2047)
        .putLong(0x258, ADDRESS)
        .putInt(0x260, INIT_BYTES);
    for (int i = SETUP_BYTES; i < bytes.capacity(); i++) {
      bytes.put(i, (byte) (i * 31));
    }
  }

  FakeKernelImage put(int at, int value) {
    bytes.putInt(at, value);
    return this;
  }

  byte[] header() {
    var header = new byte[0x202 + 0x6a - 0x1f1];
    bytes.get(0x1f1, header);
    return header;
  }

  byte[] code() {
    var code = new byte[bytes.capacity() - SETUP_BYTES];
    bytes.get(SETUP_BYTES, code);
    return code;
  }

  Path in(Path directory) throws IOException {
    return Files.write(directory.resolve("vmlinuz"), bytes.array());
  }
}
