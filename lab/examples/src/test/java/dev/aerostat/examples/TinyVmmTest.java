package dev.aerostat.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class TinyVmmTest {
  private static final long MIB = 1 << 20;

  @Test
  void theTinyVmmBootsItsGuestAndSaysHow() throws Exception {
    var out = new ByteArrayOutputStream();
    Progress end;
    try (var print = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      end = TinyVmm.run(256 * MIB, print);
    }
    assertEquals(new Progress(256 * MIB, 256 * MIB, 0, 0, true), end);
    assertTrue(
        out.toString(StandardCharsets.UTF_8).contains("ready for DMA: bus master on"),
        () -> "printed " + out);
  }
}
