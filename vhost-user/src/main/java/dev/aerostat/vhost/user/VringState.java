package dev.aerostat.vhost.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A number about a queue: {@code u32 index, u32 number}.
 *
 * @param index of the queue
 * @param number its size, its base or whether it is enabled
 */
record VringState(int index, int number) {
  static final int BYTES = 8;

  static VringState read(ByteBuffer bytes) {
    return new VringState(bytes.getInt(), bytes.getInt());
  }

  RequestAnswer answer() {
    var payload = ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder());
    write(payload);
    return new RequestAnswer.Payload(payload);
  }

  void write(ByteBuffer bytes) {
    bytes.putInt(index).putInt(number);
  }
}
