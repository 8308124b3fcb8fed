package dev.aerostat.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class HeldBytesTest {
  @Test
  void aPresizedBitSetHoldsABitForEachPage() {
    Stream stream = Stream.named("m1-k61-boot");
    int bytes = (int) stream.ram().getLast().endPage() / Byte.SIZE;
    long held =
        HeldBytes.atPeak(() -> PageSets.named(PageSets.BITSET, stream.ram()), stream.inflate());
    assertTrue(held >= bytes && held < bytes + (64 << 10), () -> held + " for " + bytes);
  }
}
