package dev.aerostat.memory.linux;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Counts the pages that the kernel has given a piece of memory (proc/self/pagemap, proc(5)). */
final class ResidentPages {
  private static final int PRESENT_BIT = 63;

  private ResidentPages() {}

  static long in(MemorySegment memory) throws IOException {
    int pages = (int) (memory.byteSize() >> 12);
    byte[] entries = new byte[pages * Long.BYTES];
    try (var pagemap = new RandomAccessFile("/proc/self/pagemap", "r")) {
      pagemap.seek((memory.address() >> 12) * Long.BYTES);
      pagemap.readFully(entries);
    }
    var numbers = ByteBuffer.wrap(entries).order(ByteOrder.nativeOrder()).asLongBuffer();
    long present = 0;
    while (numbers.hasRemaining()) {
      present += numbers.get() >>> PRESENT_BIT;
    }
    return present;
  }
}
