package dev.aerostat.vfio.user;

import dev.aerostat.api.Pages;
import java.nio.ByteBuffer;

/**
 * What a device may use from now on: {@code u32 argsz, u32 flags, u64 file offset, u64 address, u64
 * size}, with its file beside it or none.
 *
 * @param writable whether a device may write there
 * @param fileOffset in its file, in bytes
 * @param span its addresses
 */
record DmaMap(boolean writable, long fileOffset, Span span) {
  private static final int READ = 1;
  private static final int WRITE = 2;

  static DmaMap read(ByteBuffer bytes) throws RefusedException {
    int _ = bytes.getInt();
    int flags = bytes.getInt();
    long fileOffset = bytes.getLong();
    Span span = Span.of(bytes.getLong(), bytes.getLong());
    if ((flags & ~(READ | WRITE)) != 0 || (flags & READ) == 0) {
      throw new RefusedException(
          "a map of %s with flags 0x%x: expected 1 (to be read) or 3 (and written)"
              .formatted(span, flags));
    }
    boolean fits = fileOffset >= 0 && fileOffset <= Long.MAX_VALUE - span.bytes();
    if (!fits || fileOffset % Pages.SIZE != 0) {
      throw new RefusedException(
          "a map of %s at 0x%x of its file: expected a multiple of 0x%x"
              .formatted(span, fileOffset, Pages.SIZE));
    }
    return new DmaMap((flags & WRITE) != 0, fileOffset, span);
  }
}
