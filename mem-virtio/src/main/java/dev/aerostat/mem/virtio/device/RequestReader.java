package dev.aerostat.mem.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.mem.virtio.MemMistake;
import dev.aerostat.virtio.VirtioMistake;
import dev.aerostat.virtio.device.DescriptorChain;
import dev.aerostat.virtio.device.GuestCursor;
import dev.aerostat.virtio.device.MistakeSink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Reads a request from a chain, each byte once, and writes its answer. How a driver cuts either
 * into buffers means nothing (virtio 1.2, section 2.7.4.1).
 *
 * <pre>
 *   request   le16 type, 6 bytes, le64 addr, le16 nb_blocks, 6 bytes
 *   answer    le16 type, 6 bytes, le16 state
 * </pre>
 */
final class RequestReader {
  static final int ANSWER_BYTES = 10;
  private static final int REQUEST_BYTES = 24;
  private static final int STATE_OFFSET = 8;

  /** Linux takes two. Bounds what one request costs. */
  private static final int MOST_DESCRIPTORS = 64;

  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final GuestCursor cursor;
  private final MistakeSink mistakes;
  private final MemorySegment request = MemorySegment.ofArray(new byte[REQUEST_BYTES]);
  private int requestBytes;

  /** Where each byte of the answer goes. */
  private final long[] answerAt = new long[ANSWER_BYTES];

  private int answerBytes;
  private boolean sound;

  RequestReader(GuestMemory memory, MistakeSink mistakes) {
    this.cursor = new GuestCursor(memory);
    this.mistakes = mistakes;
  }

  /** Returns the request in a chain just taken, or nothing if it is none. */
  Optional<MemRequest> read(DescriptorChain chain) {
    requestBytes = 0;
    answerBytes = 0;
    sound = true;
    int descriptors = 0;
    while (descriptors < MOST_DESCRIPTORS && chain.advance()) {
      descriptors++;
      takeBuffer(chain);
    }
    sound &= !chain.cut();
    boolean tooMany = descriptors == MOST_DESCRIPTORS && chain.advance();
    if (sound && (tooMany || requestBytes < REQUEST_BYTES)) {
      mistakes.report(MemMistake.BAD_REQUEST);
    }
    return sound && !tooMany && requestBytes == REQUEST_BYTES
        ? Optional.of(
            new MemRequest(
                Short.toUnsignedInt(request.get(LE16, 0)),
                request.get(LE64, 8),
                Short.toUnsignedInt(request.get(LE16, 16))))
        : Optional.empty();
  }

  private void takeBuffer(DescriptorChain chain) {
    if (chain.length() == 0) {
      return;
    }
    if (!cursor.isMemory(chain.address(), chain.length())) {
      sound = false;
      mistakes.report(VirtioMistake.BUFFER_OUTSIDE_MEMORY);
    } else if (chain.writable()) {
      for (long i = 0; i < chain.length() && answerBytes < ANSWER_BYTES; i++) {
        answerAt[answerBytes++] = chain.address() + i;
      }
    } else {
      for (long i = 0; i < chain.length() && requestBytes < REQUEST_BYTES; i++) {
        long _ = cursor.moveTo(chain.address() + i);
        byte value = cursor.segment().get(ValueLayout.JAVA_BYTE, cursor.offset());
        request.set(ValueLayout.JAVA_BYTE, requestBytes++, value);
      }
    }
  }

  /** Returns whether there is room for an answer to the request that was read last. */
  boolean hasRoom() {
    return answerBytes == ANSWER_BYTES;
  }

  /** Writes the answer to the request that was read last, which has room for it. */
  void answer(int code, int state) {
    for (int i = 0; i < ANSWER_BYTES; i++) {
      int octet = octet(i, code, state);
      if (cursor.moveTo(answerAt[i]) > 0) {
        cursor.segment().set(ValueLayout.JAVA_BYTE, cursor.offset(), (byte) octet);
      }
    }
  }

  private static int octet(int at, int code, int state) {
    return switch (at) {
      case 0, 1 -> code >>> (Byte.SIZE * at);
      case STATE_OFFSET, STATE_OFFSET + 1 -> state >>> (Byte.SIZE * (at - STATE_OFFSET));
      default -> 0;
    };
  }
}
