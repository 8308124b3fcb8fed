package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.aerostat.api.HostAddress;
import org.junit.jupiter.api.Test;

final class FileMemoryTest {
  private static final HostAddress START = new HostAddress(0x10_0000);

  @Test
  void aPartThatNoFileHasIsRefused() {
    for (long[] part : new long[][] {{0, 0}, {-4096, 0}, {4096, -1}, {4096, Long.MAX_VALUE}}) {
      assertThrows(
          IllegalArgumentException.class, () -> new FileMemory(START, part[0], 3, part[1]));
    }
  }
}
