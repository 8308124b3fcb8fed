package dev.aerostat.observer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Reads requests of a virtio-mem driver, and what was answered, by the byte. */
final class PlugRequestReader {
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;
  private static final int REQUEST_BYTES = 24;
  private static final int ANSWER_BYTES = 10;

  /** Beyond so many descriptors a device need not read. */
  private static final int MOST_DESCRIPTORS = 64;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final GuestBytes bytes;
  private final MemorySegment table;
  private final int tableSize;
  private final byte[] request = new byte[REQUEST_BYTES];
  private final long[] answer = new long[ANSWER_BYTES];
  private int requestBytes;
  private int answerBytes;
  private boolean sound;

  PlugRequestReader(GuestBytes bytes, RingPlacement ring) {
    this.bytes = bytes;
    this.table = bytes.require("descriptor table", ring.descriptors(), ring.descriptorBytes());
    this.tableSize = ring.size();
  }

  PlugRequest read(int head) {
    requestBytes = 0;
    answerBytes = 0;
    sound = true;
    walk(head);
    boolean whole = sound && requestBytes == REQUEST_BYTES;
    MemorySegment copy = MemorySegment.ofArray(request);
    List<Long> where =
        answerBytes == ANSWER_BYTES ? Arrays.stream(answer).boxed().toList() : List.of();
    return whole
        ? new PlugRequest(
            true,
            Short.toUnsignedInt(copy.get(U16, 0)),
            copy.get(U64, 8),
            Short.toUnsignedLong(copy.get(U16, 16)),
            where)
        : new PlugRequest(false, 0, 0, 0, where);
  }

  private void walk(int head) {
    MemorySegment descriptors = table;
    long size = tableSize;
    long index = head;
    boolean nested = false;
    for (int buffers = 0; ; ) {
      if (index >= size || buffers == MOST_DESCRIPTORS) {
        sound = false;
        return;
      }
      long at = 16 * index;
      long address = GuestBytes.u64(descriptors, at);
      long length = GuestBytes.u32(descriptors, at + 8);
      int flags = GuestBytes.u16(descriptors, at + 12);
      if ((flags & INDIRECT) != 0) {
        descriptors = bytes.at(address, length);
        if (nested || length == 0 || length % 16 != 0 || descriptors.equals(GuestBytes.NOWHERE)) {
          sound = false;
          return;
        }
        nested = true;
        size = length / 16;
        index = 0;
        continue;
      }
      buffers++;
      take(address, length, (flags & WRITE) != 0);
      if ((flags & NEXT) == 0) {
        return;
      }
      index = GuestBytes.u16(descriptors, at + 14);
    }
  }

  private void take(long address, long length, boolean writable) {
    if (length > 0 && bytes.at(address, length).equals(GuestBytes.NOWHERE)) {
      sound = false;
      return;
    }
    for (long i = 0; i < length; i++) {
      if (writable && answerBytes < ANSWER_BYTES) {
        answer[answerBytes++] = address + i;
      } else if (!writable && requestBytes < REQUEST_BYTES) {
        request[requestBytes++] = (byte) GuestBytes.u8(bytes.at(address + i, 1), 0);
      } else {
        return;
      }
    }
  }

  int answer(PlugRequest request) {
    return answered(request, 0);
  }

  int state(PlugRequest request) {
    return answered(request, 8);
  }

  private int answered(PlugRequest request, int at) {
    int low = GuestBytes.u8(bytes.at(request.answer().get(at), 1), 0);
    int high = GuestBytes.u8(bytes.at(request.answer().get(at + 1), 1), 0);
    return low | (high << Byte.SIZE);
  }
}
