package dev.aerostat.vfio.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What both sides can do: {@code u16 major, u16 minor}, and a JSON object that ends with a zero
 * byte. What the client offers needs no look: this server sends it no requests, and takes what
 * every client can do.
 */
record VersionOffer(int major, int minor) {
  private static final int MAJOR = 0;
  private static final int BYTES = 4;

  /** From what is told best: QEMU has room for an answer as long as its own offer only. */
  private static final List<String> CAPABILITIES =
      List.of(
          "{\"capabilities\":{\"max_msg_fds\":%d,\"max_data_xfer_size\":%d}}"
              .formatted(VfioUserFraming.MOST_DESCRIPTORS, VfioUserFraming.MOST_TRANSFER_BYTES),
          "{\"capabilities\":{}}",
          "{}");

  static VersionOffer read(ByteBuffer bytes) throws RefusedException {
    var offer =
        new VersionOffer(
            Short.toUnsignedInt(bytes.getShort()), Short.toUnsignedInt(bytes.getShort()));
    if (offer.major != MAJOR) {
      throw new RefusedException(
          "version %d.%d of vfio-user: expected %d.x".formatted(offer.major, offer.minor, MAJOR));
    }
    return offer;
  }

  /**
   * Returns the answer.
   *
   * @param room bytes that the client has for it
   */
  ByteBuffer answer(int room) {
    String text =
        CAPABILITIES.stream().filter(it -> BYTES + it.length() < room).findFirst().orElse("");
    ByteBuffer answer =
        ByteBuffer.allocate(BYTES + text.length() + 1).order(ByteOrder.nativeOrder());
    answer.putShort((short) major).putShort((short) minor);
    if (!text.isEmpty()) {
      answer.put(text.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    }
    return answer.flip();
  }
}
