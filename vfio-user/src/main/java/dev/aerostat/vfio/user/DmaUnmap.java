package dev.aerostat.vfio.user;

import java.nio.ByteBuffer;

/**
 * What a device may use no longer: {@code u32 argsz, u32 flags, u64 address, u64 size}.
 *
 * @param all whether that is everything
 * @param span its addresses; of no meaning if it is everything
 */
record DmaUnmap(boolean all, Span span) {
  private static final int ALL = 2;
  private static final Span ANY = new Span(0, Long.MAX_VALUE);

  static DmaUnmap read(ByteBuffer bytes) throws RefusedException {
    int _ = bytes.getInt();
    int flags = bytes.getInt();
    long address = bytes.getLong();
    long size = bytes.getLong();
    return switch (flags) {
      case 0 -> new DmaUnmap(false, Span.of(address, size));
      case ALL -> new DmaUnmap(true, ANY);
      default ->
          throw new RefusedException(
              "an unmap with flags 0x%x: expected 0, or 2 for everything".formatted(flags));
    };
  }
}
