package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SparseMemoryTest {
  private static final long TIB = 1L << 40;

  @Test
  void aTebibyteCostsNothingUntilItIsTouched() throws IOException {
    try (var sparse = SparseMemory.allocate(List.of(new GuestRange(0, TIB)))) {
      MemorySegment bytes = sparse.guestMemory().region(0).segment();
      bytes.set(ValueLayout.JAVA_LONG, TIB - 8, 42);
      assertEquals(42, bytes.get(ValueLayout.JAVA_LONG, TIB - 8));
      assertEquals(0, bytes.get(ValueLayout.JAVA_LONG, TIB / 2));
    }
  }

  @Test
  void closedMemoryCannotBeTouched() throws IOException {
    MemorySegment bytes;
    try (var sparse = SparseMemory.allocate(List.of(new GuestRange(0, 0x1000)))) {
      bytes = sparse.guestMemory().region(0).segment();
    }
    assertThrows(IllegalStateException.class, () -> bytes.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void rangesThatOverlapAreRefused() {
    var ranges = List.of(new GuestRange(0, 0x2000), new GuestRange(0x1000, 0x3000));
    assertThrows(IllegalArgumentException.class, () -> SparseMemory.allocate(ranges).close());
  }
}
