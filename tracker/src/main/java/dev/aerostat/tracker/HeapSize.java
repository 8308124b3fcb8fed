package dev.aerostat.tracker;

/**
 * What things take on the heap of a 64-bit HotSpot, headers and alignment included. References
 * count as 8 bytes, which they are on heaps of 32 GiB and more; elsewhere this is an upper bound.
 */
final class HeapSize {
  /** The largest of our objects with a handful of fields. */
  static final long OBJECT = 64;

  /** One with a dozen or more, a leaf of the tree and the tree itself. */
  static final long LARGE_OBJECT = 128;

  private static final long ARRAY_HEADER = 16;

  private HeapSize() {}

  static long bytes(long length) {
    return aligned(ARRAY_HEADER + length);
  }

  static long longs(long length) {
    return aligned(ARRAY_HEADER + length * Long.BYTES);
  }

  static long ints(long length) {
    return aligned(ARRAY_HEADER + length * Integer.BYTES);
  }

  static long references(long length) {
    return aligned(ARRAY_HEADER + length * 8);
  }

  private static long aligned(long bytes) {
    return (bytes + 7) & -8;
  }
}
